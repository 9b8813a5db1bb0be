// What is typed while an answer is under way is newer than the answer, and stays; everything else takes on the answer's state.
(() => {
  const keyOf = control => `${control.name}\n${/^(checkbox|radio)$/.test(control.type) ? control.value : control.type}`;
  const stateOf = control => /^(checkbox|radio)$/.test(control.type) ? control.checked : control.value;
  const controlsOf = element => [...element.querySelectorAll("input[name], select[name], textarea[name]")].filter(control => control.type !== "hidden");
  const statesOf = element => new Map(controlsOf(element).map(control => [keyOf(control), stateOf(control)]));
  const titlesOf = form => new Map([...form.querySelectorAll("[data-field][data-title]")].map(field => [field.dataset.field, field.dataset.title]));
  const formOf = event => event.detail.ctx?.target?.closest?.("[data-form]");

  function setState(control, state) {
    if (typeof state === "boolean") control.checked = state;
    else if (control.value !== state) control.value = state;
  }

  function takeOnAnswer(control) {
    if (control.type === "password" || control.type === "file") return;
    if (control.type === "checkbox" || control.type === "radio") control.checked = control.defaultChecked;
    else if (control.tagName === "SELECT") for (const option of control.options) option.selected = option.defaultSelected;
    else if (control.value !== control.defaultValue) control.value = control.defaultValue;
  }

  function tellChange(form, before) {
    const after = titlesOf(form);
    const names = (some, others) => [...some].filter(([name]) => !others.has(name)).map(([, title]) => title).join(", ");
    const [added, removed] = [names(after, before), names(before, after)];
    form.querySelector("[data-form-status]").textContent =
      [added && `Fields added: ${added}.`, removed && `Fields removed: ${removed}.`].filter(Boolean).join(" ");
  }

  document.addEventListener("htmx:before:request", event => {
    const ctx = event.detail.ctx;
    if (!formOf(event)) return;
    ctx.sent = statesOf(ctx.target);
    ctx.region = ctx.target.id === "form-fields" ? null : ctx.target.dataset.field;
  });

  document.addEventListener("htmx:before:swap", event => {
    const [form, ctx] = [formOf(event), event.detail.ctx];
    if (!form || !ctx.sent) return;
    // While a menu loaded, its field may have given its place to another, or have asked for other options.
    if (ctx.region !== null && (ctx.target.dataset.field !== ctx.region || !ctx.sourceElement.isConnected)) return event.preventDefault();
    ctx.form = form;
    ctx.titles = titlesOf(form);
    ctx.now = statesOf(ctx.target);
  });

  document.addEventListener("htmx:after:swap", event => {
    const { form, titles, sent, now, region } = event.detail.ctx;
    if (!form || !now) return;
    const swapped = region === null ? form : [...form.querySelectorAll("[data-field]")].find(field => field.dataset.field === region) ?? form;
    for (const control of controlsOf(swapped)) {
      const key = keyOf(control);
      if (!sent.has(key)) continue;
      if (now.get(key) !== sent.get(key)) setState(control, now.get(key));
      else if (control !== document.activeElement || control.tagName === "SELECT" || typeof now.get(key) === "boolean") takeOnAnswer(control);
    }
    tellChange(form, titles);
  });

  // Enter searches the menu, which it has done already, rather than submitting the page.
  document.addEventListener("keydown", event => {
    if (event.key === "Enter" && event.target.matches?.("[data-form-search]")) event.preventDefault();
  });

  // What the user has opened stays open when its fields are shown anew.
  globalThis.htmx?.config.morphIgnore.push("open");
})();
