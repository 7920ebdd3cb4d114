#include "status/status_page.h"

#include <utility>

#include "status/status_html.h"

namespace modelgates::gateway {

StatusPage::StatusPage(Sources sources)
    : sources_(std::move(sources)), policy_(StatusPagePolicy()) {
  Sample();
}

void StatusPage::Sample() { history_.Add(TakeSample(Figures(sources_.metrics()), sources_.now())); }

std::string StatusPage::Render() const {
  StatusSnapshot snapshot{Figures(sources_.metrics()), sources_.facts(), {}};
  snapshot.history.assign(history_.samples().begin(), history_.samples().end());
  snapshot.history.push_back(TakeSample(snapshot.figures, sources_.now()));
  return ToStatusPage(snapshot);
}

}  // namespace modelgates::gateway
