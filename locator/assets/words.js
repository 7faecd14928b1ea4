/* The words of the phone in the language of the page (parole.json). */

export function reader(said) {
  const number = new Intl.NumberFormat(`${said.tag}-u-nu-latn`);
  const text = (key, values = {}) => said[key].replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  const form = (n) => Number(said.plural[n < 200 ? n : 100 + (n % 100)]);
  return {
    tag: said.tag,
    text,
    number: (n) => number.format(n),
    /* The form of a text that goes with a number. */
    count: (key, n) => said[key][form(n)].replace("{n}", number.format(n)),
    /* The same text with names set apart as Italian, whatever way the page is read. */
    named(key, values) {
      const box = document.createDocumentFragment();
      said[key].split(/(\{\w+\})/).forEach((part) => {
        const name = part[0] === "{" ? part.slice(1, -1) : "";
        if (!(name in values)) return box.append(part);
        const set = make("bdi", { lang: "it", textContent: values[name] });
        return box.append(set);
      });
      return box;
    },
  };
}

/* An element with its properties; those with a dash are attributes. */
export function make(name, properties = {}, ...inside) {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (/-|^role$|^for$/.test(key)) one.setAttribute(key, value);
    else one[key] = value;
  }
  one.append(...inside);
  return one;
}

/* Fill an element, but only if that changes what it says: a screen reader would say it again. */
export function say(box, ...inside) {
  const next = make("p", {}, ...inside);
  if (box.innerHTML !== next.innerHTML) box.replaceChildren(...next.childNodes);
  box.hidden = !box.textContent;
}
