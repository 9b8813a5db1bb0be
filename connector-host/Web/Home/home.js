// While somebody types into a search that shows its answer at once, the address follows: a reload or a bookmark shows the same.
document.addEventListener("input", event => {
  const form = event.target.closest("form[data-live-address]");
  if (form) {
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(filled).toString();
    history.replaceState(history.state, "", query ? `${form.action}?${query}` : form.action);
  }
});

// While runs of the list go on, it is shown anew from time to time; not under the hands of somebody who chooses from it.
setInterval(() => {
  const list = document.querySelector("#datasets[data-busy]");
  if (list && !document.hidden && !list.querySelector("input:checked")) {
    htmx.trigger(list, "refresh");
  }
}, 3_000);
