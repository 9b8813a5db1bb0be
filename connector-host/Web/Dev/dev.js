// Shows the next build of a connector under development without losing what is typed.
(() => {
  const build = document.getElementById("build");
  if (!build) {
    return;
  }

  async function look() {
    try {
      const number = await (await fetch("/state", { cache: "no-store" })).text();
      if (number !== build.dataset.number) {
        const details = document.getElementById("details");
        const account = document.getElementById("account");
        const query = details ? new URLSearchParams({ details: details.value, account: account.value }) : "";
        location.replace(`/?${query}`);
        return;
      }
    } catch {
      // The program has ended, or starts anew.
    }
    setTimeout(look, 1000);
  }

  setTimeout(look, 1000);
})();
