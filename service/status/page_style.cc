#include "status/page_text.h"

namespace modelgates::gateway {

// A light and a dark set of colours, each with a contrast of at least 4.5:1 for text and 3:1 for
// the lines of charts.
constexpr std::string_view kStatusStyle = R"css(
:root { color-scheme: light dark; --back: #f3f4f9; --card: #fff; --text: #171a2c; --quiet: #565c73;
        --line: #d9dce8; --a: #2457c5; --b: #b3361b; --good: #1a7f4b; --bad: #b3361b; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0e1017; --card: #181b26; --text: #eceef7; --quiet: #a9afc5; --line: #333950;
          --a: #7fa8ff; --b: #ff9377; --good: #4fcf8f; --bad: #ff9377; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: .75rem; background: var(--back); color: var(--text);
       font: .875rem/1.4 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main { max-width: 90rem; margin: 0 auto; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
h1 { font-size: 1.25rem; margin: 0; }
h2, h3 { font-size: 1rem; margin: 0; display: inline; }
p { margin: 0; }
a { color: var(--a); }
header p, .quiet, .axis { color: var(--quiet); }
header p { overflow-wrap: anywhere; }
.good { color: var(--good); }
.bad { color: var(--bad); }
button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--quiet);
         border-radius: .375rem; padding: .125rem .75rem; }
:focus-visible { outline: 3px solid var(--a); outline-offset: 2px; }
main { display: grid; gap: .75rem; margin-top: .75rem;
       grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.wide { grid-column: 1 / -1; }
.tiles { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); }
.tiles p, .charts figure, details { background: var(--card); border: 1px solid var(--line);
                                    border-radius: .5rem; padding: .5rem .75rem; }
.tiles b { display: block; font-size: 1.25rem; }
.tiles p > span { color: var(--quiet); }
.charts { display: grid; gap: .75rem;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); }
figure { margin: 0; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
figcaption .a { color: var(--a); }
figcaption .b { color: var(--b); }
svg { display: block; width: 100%; height: 5rem; margin: .25rem 0; overflow: visible;
      border-bottom: 1px solid var(--line); }
path { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round;
       stroke-linecap: round; }
path.a { stroke: var(--a); }
path.b { stroke: var(--b); stroke-dasharray: 6 4; }
.axis { display: flex; justify-content: space-between; font-size: .75rem; }
details > div { overflow-x: auto; margin-top: .375rem; }
summary { cursor: pointer; }
table { border-collapse: collapse; width: max-content; min-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .125rem .75rem .125rem 0; }
th { color: var(--quiet); font-weight: 600; }
td { border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
td { max-width: 30rem; overflow-wrap: anywhere; }
)css";

}  // namespace modelgates::gateway
