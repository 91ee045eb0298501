// The list renews its rows when the server says that something changed. Without script, or without the stream, a reload does.
(function () {
  "use strict";
  var list = document.getElementById("live-list");
  if (!list || typeof EventSource === "undefined" || !window.fetch) {
    return;
  }
  var state = document.getElementById("live-state");
  var wanted = list.getAttribute("data-rows");
  var busy = false;
  var again = false;

  function say(code) {
    if (state) {
      state.textContent = state.getAttribute("data-" + code);
      state.className = "live " + code;
    }
  }

  function ids(root) {
    return Array.prototype.map.call(root.querySelectorAll("tr[data-case]"), function (row) {
      return row.getAttribute("data-case");
    });
  }

  function show(text) {
    var before = ids(list);
    var focused = document.activeElement && document.activeElement.closest("tr[data-case]");
    var focusedCase = focused ? focused.getAttribute("data-case") : "";
    var parsed = new DOMParser().parseFromString(text, "text/html");
    var fresh = parsed.getElementById("rows");
    if (!fresh) {
      return;
    }
    while (list.firstChild) {
      list.removeChild(list.firstChild);
    }
    list.appendChild(document.adoptNode(fresh));
    Array.prototype.forEach.call(list.querySelectorAll("tr[data-case]"), function (row) {
      var id = row.getAttribute("data-case");
      if (before.length && before.indexOf(id) < 0) {
        row.className += " fresh";
      }
      if (id === focusedCase) {
        row.querySelector("a").focus();
      }
    });
  }

  function renew() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    fetch(wanted, { credentials: "same-origin", redirect: "manual" })
      .then(function (answer) {
        return answer.ok ? answer.text() : "";
      })
      .then(function (text) {
        if (text) {
          show(text);
          say("on");
        }
      })
      .catch(function () {
        say("off");
      })
      .then(function () {
        busy = false;
        if (again) {
          again = false;
          renew();
        }
      });
  }

  var stream = new EventSource("/live");
  stream.addEventListener("open", renew);
  stream.addEventListener("changed", renew);
  stream.addEventListener("over", function () {
    stream.close();
    window.location.assign("/login");
  });
  stream.addEventListener("error", function () {
    say("off");
  });
  // Minutes waited count up by themselves.
  window.setInterval(renew, 60000);
})();
