"""What the server counts, for Prometheus. No label has more values than there are routes, statuses and tools."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest


class Metrics:
    """A registry of its own: two servers in one process count apart."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter("writ_http_requests", "Requests answered.", ("route", "status"), registry=self._registry)
        self.seconds = Histogram("writ_http_request_seconds", "Seconds to an answer's end.", ("route",), registry=self._registry)
        self.calls = Counter("writ_tool_calls", "Tool calls.", ("domain", "tool", "outcome"), registry=self._registry)
        self.opened = Counter("writ_workspaces_opened", "Workspaces opened.", ("domain",), registry=self._registry)
        self.ended = Counter("writ_workspaces_ended", "Workspaces that ended.", ("how",), registry=self._registry)
        self.workspaces = Gauge("writ_workspaces", "Workspaces that are open.", registry=self._registry)
        self.worlds = Gauge("writ_worlds", "Worlds that are held.", registry=self._registry)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)
