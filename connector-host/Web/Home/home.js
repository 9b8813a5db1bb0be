// While somebody types into a search that shows its answer at once, the address follows: a reload or a bookmark shows the same.
document.addEventListener("input", event => {
  const form = event.target.closest("form[data-live-address]");
  if (form) {
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(filled).toString();
    history.replaceState(history.state, "", query ? `${form.action}?${query}` : form.action);
  }
});
