// Runs only where a browser knows no modules, and so none of our scripts: it shows what is true there. ES5.
(function () {
  var all = document.querySelectorAll("[data-keeping~=too_old]");
  for (var at = 0; at < all.length; at += 1) all[at].removeAttribute("hidden");
})();
