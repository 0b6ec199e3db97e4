// Wakes the islands of a page: loads the WebAssembly when the browser has a moment and hands each island
// its element. The page works without any of this, so a failure only leaves a line in the console.

const tag = document.querySelector("script[data-wasm]");

async function wake() {
  const islands = await import(tag.dataset.module);
  await islands.default({ module_or_path: tag.dataset.wasm });
  islands.hydrate();
  for (const element of document.querySelectorAll("leptos-island")) {
    islands[element.dataset.component]?.(element);
  }
}

function start() {
  wake().catch((reason) => console.info("The live parts of this page are off:", reason));
}

if ("requestIdleCallback" in window) {
  window.requestIdleCallback(start, { timeout: 500 });
} else {
  start();
}
