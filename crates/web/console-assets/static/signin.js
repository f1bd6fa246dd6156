// A link of the form /console/signin#claim=TOKEN signs in: what follows # reaches no proxy and no log.

const claim = location.hash.match(/^#claim=(.+)$/);
if (claim) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("token").value = decodeURIComponent(claim[1]);
  document.getElementById("signin").submit();
}
