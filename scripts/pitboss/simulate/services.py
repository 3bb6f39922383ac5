"""What machines say without a player: latencies, errors, provider reports, advertising spend, global flags."""

from dataclasses import dataclass
from random import Random

from pitboss.simulate import money
from pitboss.simulate.clock import DAY, HOUR, MINUTE, iso_day
from pitboss.simulate.games import PROVIDERS
from pitboss.simulate.players import BRANDS, CHANNELS
from pitboss.simulate.wallet import House

_ENDPOINTS = {"bet.place": 70, "round.settle": 420, "lobby.load": 160, "cashier.deposit": 310}
_LIMITS = (50, 100, 200, 500, 1_000, 2_000, 5_000)
_WINDOW = 15 * MINUTE
# Daily budget in EUR of a brand on a channel.
_BUDGETS = {"google": 140, "meta": 120, "affiliate": 90, "programmatic": 40, "apple_search": 35}


@dataclass(slots=True)
class Service:
    """A machine as the subject of an event. Nobody expects a session of it, so none is missing."""

    envelope: str = '"brand":"default"'
    trace: str = ""
    has_session: bool = True
    is_test: bool = False


class Services:
    """Reports of one day at a time. ``incident`` is when the bet API was slow and a provider timed out."""

    def __init__(self, house: House, seed: str, incident: tuple[int, int]) -> None:
        self.house = house
        self.random = Random(f"{seed}/services")
        self.incident = incident
        self.machine = Service()

    def day(self, midnight: int) -> None:
        """Everything that services report on a UTC day."""
        for start in range(midnight, midnight + DAY, _WINDOW):
            # Bets are reported in every window; the other endpoints in those in which somebody called.
            for endpoint, typical in _ENDPOINTS.items():
                if endpoint == "bet.place" or self.random.random() < 0.18:
                    self._latency(start, endpoint, typical)
        for hour in range(midnight, midnight + DAY, HOUR):
            for provider in PROVIDERS:
                self._provider(hour, provider)
        self._spend(midnight)

    def _during(self, ts: int) -> bool:
        return self.incident[0] <= ts < self.incident[1]

    def _emit(self, event: str, ts: int, payload: str, channel: str = "server") -> None:
        self.machine.trace = self.house.emitter.trace()
        self.house.emitter.emit(event, ts, self.machine, payload, channel)

    def _latency(self, start: int, endpoint: str, typical: int) -> None:
        r = self.random
        slow = self._during(start) and endpoint == "bet.place"
        calls = r.randrange(20, 400)
        median = typical * (6 if slow else 1) * r.uniform(0.8, 1.25)
        draws = [r.lognormvariate(0, 0.4) * median for _ in range(24)]
        below = [sum(draw <= limit for draw in draws) for limit in _LIMITS]
        # Each bucket counts the calls up to its bound, the ones below included; the last one holds them all.
        counts = [*(calls * n // len(draws) for n in below), calls]
        buckets = ",".join(f'{{"le":{limit},"count":{count}}}' for limit, count in zip((*_LIMITS, 60_000), counts, strict=True))
        draws.sort()
        p50, p95, p99 = (round(draws[i], 1) for i in (12, 22, 23))
        self._emit(
            "api_latency", start + _WINDOW - 1,
            f',"endpoint":"{endpoint}","count":{calls},"sumMs":{round(sum(draws) / 24 * calls, 1)},"p50":{p50},'
            f'"p95":{p95},"p99":{p99},"buckets":[{buckets}],"windowS":900,"status":200',
        )  # fmt: skip
        if r.random() < (0.7 if slow else 0.02):
            self._emit(
                "error_5xx", start + r.randrange(_WINDOW),
                f',"endpoint":"{endpoint}","status":{r.choice((500, 502, 503))},"errorClass":"upstream_timeout",'
                f'"count":{r.randrange(3, 30) if slow else 1}',
            )  # fmt: skip

    def _provider(self, hour: int, provider: str) -> None:
        r = self.random
        bad = self._during(hour) and provider == PROVIDERS[0]
        calls = r.randrange(200, 3_000)
        timeouts = calls * r.randrange(4, 9) // 100 if bad else calls * r.randrange(0, 3) // 1_000
        aborted = timeouts // 2 if bad else r.randrange(0, 2)
        self._emit(
            "provider_sla", hour + HOUR - 1,
            f',"providerId":"{provider}","calls":{calls},"rounds":{calls * 9 // 10},"timeouts":{timeouts},'
            f'"aborted_rounds":{aborted},"errors":{r.randrange(0, 4)},"p95Ms":{r.randrange(350, 900)}.5,"windowS":3600',
            "provider",
        )  # fmt: skip

    def _spend(self, midnight: int) -> None:
        """Yesterday's media cost, one row a brand's lead market, channel and campaign."""
        r = self.random
        day = iso_day(midnight // DAY)
        for brand, markets in BRANDS.items():
            place, (_, currency) = next(iter(markets.items()))
            self.machine.envelope = f'"brand":"{brand}","jurisdiction":"{place}"'
            for channel, campaign, *_ in CHANNELS:
                if campaign is None:
                    continue
                spend = money.cents(_BUDGETS[channel] * r.uniform(0.7, 1.3) * money.UNIT)
                shown = spend // 10_000 * r.randrange(60, 140)
                self._emit(
                    "ad_spend", midnight + DAY + 3 * HOUR,
                    f',"day":"{day}","channel":"{channel}","campaignId":"{campaign}_{brand}"'
                    f'{money.member("spend", spend, currency)},"impressions":{shown},"clicks":{shown // 55}',
                    "batch",
                )  # fmt: skip
        self.machine.envelope = '"brand":"default"'
