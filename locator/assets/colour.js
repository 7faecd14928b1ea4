/* A colour that can be read on white, as locator/colour.py finds it: the two are held together by a test. */

const LEAST = 4.9;

const linear = (channel) => {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

const channels = (colour) => [0, 2, 4].map((at) => parseInt(colour.slice(at, at + 2), 16));

/* Contrast of a colour (rrggbb) with white, from 1 to 21. */
export const contrast = (colour) => {
  const [red, green, blue] = channels(colour).map(linear);
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
};

/* A colour as it is written in an address, or null. */
export const read = (text) => {
  const colour = (text || "").trim().replace(/^#/, "").toLowerCase();
  return /^[0-9a-f]{6}$/.test(colour) ? colour : null;
};

/* The colour itself where it can be read on white, else the first darker one of the same hue that can. */
export const readable = (colour) => {
  for (let percent = 100; ; percent -= 1) {
    const darker = channels(colour)
      .map((one) => Math.floor((one * percent) / 100).toString(16).padStart(2, "0"))
      .join("");
    if (contrast(darker) >= LEAST) return darker;
  }
};
