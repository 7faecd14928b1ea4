/* The printed leaflet: the day and the address as they are when it is printed, a QR code that leads to what is shown. */

const NAMES = ["luogo", "tema", "lingua", "destinatario", "mezzo", "quando", "ambito"];
const foot = () => document.getElementById("leaflet");

const asked = (search) => {
  const said = new URLSearchParams(search);
  const told = NAMES.filter((name) => said.get(name)).map((name) => [name, said.get(name)]);
  return new URLSearchParams(told).toString();
};

/* Whether the code is of what is shown: filters change without a new page. */
const current = () => asked(foot().dataset.query) === asked(location.search);

const date = () => {
  const style = { dateStyle: "long", calendar: "gregory", numberingSystem: "latn" };
  return new Intl.DateTimeFormat(document.documentElement.lang, style).format(new Date());
};

const beforePrint = () => {
  const printed = foot().querySelector(".printed");
  printed.textContent = printed.dataset.words.replace("{date}", date());
  if (current()) return;
  const query = asked(location.search);
  foot().querySelectorAll(".code").forEach((one) => one.remove());
  foot().querySelector(".where").replaceChildren(`${location.origin}${location.pathname}${query && "?"}${query}`);
};

/* The foot of the page as it is asked for now; without a server, or a network, the address is written without a code. */
const renew = async () => {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("leaflet");
    if (fresh) foot().replaceWith(document.adoptNode(fresh));
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
  }
};

const button = document.getElementById("print");
if (foot()) addEventListener("beforeprint", beforePrint);
if (foot() && button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    if (!current()) await renew();
    button.disabled = false;
    window.print();
  });
}
