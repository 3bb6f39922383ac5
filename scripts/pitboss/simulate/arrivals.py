"""How a visitor becomes a player: campaigns, registration, consent, onboarding, identity checks."""

from random import Random

from pitboss.simulate import money
from pitboss.simulate.clock import DAY, HOUR, MINUTE, SECOND, stamp
from pitboss.simulate.journal import Touch
from pitboss.simulate.players import CHANNELS, CREATIVES, SCALE, Player
from pitboss.simulate.wallet import House

EXPERIMENT = "lobby-grid"
SRM_EXPERIMENT = "bonus-banner"


class Arrivals:
    """Campaign touches of visitors and the first steps of players."""

    def __init__(self, house: House, seed: str) -> None:
        self.house = house
        self.journal = house.books.journal
        self.random = Random(f"{seed}/arrivals")
        self.contaminated: list[str] = []

    def visitor(self, p: Player, ts: int) -> None:
        """Someone who looks, perhaps clicks, and never registers. ``p`` lends brand, market and channel."""
        p.envelope = self._anonymous(p)
        p.has_session = True
        p.trace = self.house.emitter.trace()
        channel, campaign, _, medium = CHANNELS[p.channel]
        if campaign is None:
            return
        self._touch(p, ts, "view", channel, f"{campaign}_{p.brand}", medium)
        if self.random.random() < 0.25:
            self._touch(p, ts + 8 * SECOND, "click", channel, f"{campaign}_{p.brand}", medium)

    def _anonymous(self, p: Player) -> str:
        test = ',"isTest":true' if p.is_test else ""
        return f'"anonymousId":"{p.anonymous_id}","sessionId":"v_{p.anonymous_id[2:]}","brand":"{p.brand}","jurisdiction":"{p.jurisdiction}"{test}'

    def _touch(self, p: Player, ts: int, kind: str, channel: str, campaign: str, medium: str) -> None:
        emit = self.house.emitter.emit
        creative = CREATIVES[p.person % 3]
        affiliate = f',"affiliateId":"aff_{p.person % 7}"' if channel == "affiliate" else ""
        is_kept = emit(
            f"campaign_{kind}", ts, p,
            f',"campaignId":"{campaign}","creativeId":"{creative}","channel":"{channel}",'
            f'"placement":"{"feed" if p.app != "web" else "banner"}","costModel":"{"cpa" if affiliate else "cpc"}"',
            p.app,
        )  # fmt: skip
        emit(
            "utm_attribution", ts + 400, p,
            f',"utm":{{"source":"{channel}","medium":"{medium}","campaign":"{campaign}","content":"{creative}"}}'
            f'{affiliate},"touchType":"{kind}","landingPath":"/welcome"',
            p.app,
        )  # fmt: skip
        # A view that was lost is still known from the landing that it led to.
        self.journal.touch(p, Touch(ts if is_kept else ts + 400, kind, channel, campaign, creative))

    def register(self, p: Player) -> int:
        """Everything from the first touch to a verified account; returns when the player may start."""
        r, ts = self.random, p.joins_at
        emit = self.house.emitter.emit
        channel, campaign, _, medium = CHANNELS[p.channel]
        p.envelope, p.has_session, p.trace = self._anonymous(p), True, self.house.emitter.trace()
        if campaign is not None:
            campaign = f"{campaign}_{p.brand}"
            for _ in range(r.choices((0, 1, 2), (50, 35, 15))[0]):
                seen = max(self.house.begins, ts - r.randrange(2 * HOUR, 5 * DAY))
                self._touch(p, seen, "view", channel, campaign, medium)
            self._touch(p, ts - r.randrange(2, 20) * MINUTE, "click", channel, campaign, medium)
        if p.app != "web" and r.random() < 0.8:
            store = "play" if p.app == "android" else "app_store"
            self.journal.touch(p, Touch(ts - 60 * SECOND, "install", channel, campaign or "organic", ""))
            emit("install_referrer", ts - 60 * SECOND, p,
                 f',"store":"{store}","referrerCampaign":"{campaign or "organic"}",'
                 f'"clickTs":"{stamp(ts - 110 * SECOND)}","installTs":"{stamp(ts - 65 * SECOND)}"', p.app)  # fmt: skip
        p.enter(self.house.next_id("s"))
        p.envelope += f',"anonymousId":"{p.anonymous_id}"'
        more = f',"country":"{p.country}","channel":"{channel}"'
        if channel == "affiliate":
            more += f',"affiliateId":"aff_{p.person % 7}"'
        birth = f"{p.birth_year}-{p.person % 12 + 1:02d}-{p.person % 28 + 1:02d}"
        emit("registration", ts, p,
             f'{more},"email":"{p.email()}","phone":"{p.phone()}","birthDate":"{birth}",'
             f'"address":"{p.address()}","deviceId":"{p.device}"', p.app)  # fmt: skip
        self.journal.registered(p, ts)
        p.enter(p.session_id)
        for purpose, granted in (("marketing", p.marketing), ("analytics", r.random() < 0.85)):
            emit("consent_updated", ts + SECOND, p,
                 f',"purpose":"{purpose}","granted":{str(granted).lower()},"basis":"consent"', p.app)  # fmt: skip
        ts = self._assign(p, ts + 2 * SECOND)
        ts = self._step(p, ts, 1, "profile", r.random() < 0.96)
        if p.jurisdiction in ("DE", "SE", "NL", "GB") or r.random() < 0.1:
            ts = self._limits(p, ts)
        return self._verify(p, ts, birth)

    def _assign(self, p: Player, ts: int) -> int:
        """Experiments are met right after registration, before anything that they could change."""
        r = self.random
        self._expose(p, ts, EXPERIMENT, p.variant)
        if r.random() < 0.006:
            self._expose(p, ts + HOUR, EXPERIMENT, "B" if p.variant == "control" else "control")
            self.contaminated.append(p.player_id)
        self._expose(p, ts + SECOND, SRM_EXPERIMENT, "gold" if r.random() < 0.62 else "control")
        if r.random() < 0.15:
            self.house.emitter.emit("feature_flag_on", ts + SECOND, p, ',"flag":"quick-deposit","scope":"player","rule":"rollout-15"')
        return ts + r.randrange(15, 90) * SECOND

    def _expose(self, p: Player, ts: int, experiment: str, variant: str) -> None:
        shown = f',"ab":{{"exp":"{experiment}","var":"{variant}"}},"unit":"player"'
        self.house.emitter.emit("ab_variant_exposed", ts, p, shown, p.app)
        self.journal.exposed(p, ts, experiment, variant)

    def _step(self, p: Player, ts: int, index: int, step: str, done: bool) -> int:
        took = self.random.randrange(3_000, 90_000)
        self.house.emitter.emit(
            "onboarding_step", ts + took, p,
            f',"step":"{step}","index":{index},"result":"{"completed" if done else "failed"}","durationMs":{took}',
            p.app,
        )  # fmt: skip
        return ts + took + SECOND

    def _limits(self, p: Player, ts: int) -> int:
        value = self.random.choice((200, 500, 1_000)) * SCALE[p.currency]
        self.house.emitter.emit(
            "rg_limit_set", ts, p,
            f',"limitId":"lim_{p.player_id}_dep","type":"deposit_gross","period":"month","newValue":"{value}.00",'
            f'"currency":"{p.currency}","effectiveTs":"{stamp(ts)}","initiator":"player"', p.app,
        )  # fmt: skip
        return self._step(p, ts + SECOND, 2, "limits", True)

    def _verify(self, p: Player, ts: int, birth: str) -> int:
        r, emit = self.random, self.house.emitter.emit
        case = f',"caseId":"kyc_{p.player_id}","level":"full","vendor":"identity-check"'
        person = f',"name":"{p.full_name()}","birthDate":"{birth}","documentNo":"D{p.person:07d}"'
        person += f',"address":"{p.address()}"'
        for attempt in range(2):
            took = r.randrange(20, 400)
            emit("kyc_started", ts, p, case + person, p.app)
            ts += took * SECOND
            if r.random() < (0.88 if attempt == 0 else 0.6) or p.kind != "usual":
                emit("kyc_verified", ts, p, f'{case},"durationS":{took}')
                self.journal.verified(p, ts)
                p.verified = True
                break
            emit("kyc_failed", ts, p, f'{case},"reason":"document_unreadable","durationS":{took}')
            ts += 2 * MINUTE
        if p.verified and r.random() < 0.6:
            listed = r.choice(("pep", "sanctions"))
            emit("aml_screening", ts + 5 * SECOND, p,
                 f',"caseId":"aml_{p.player_id}","list":"{listed}","matchScore":0.{r.randrange(1, 60):02d},'
                 f'"decision":"clear","name":"{p.full_name()}"', "batch")  # fmt: skip
        ts = self._step(p, ts, 3, "kyc", p.verified)
        if not p.verified:
            emit("paywall_view", ts, p, ',"placement":"cashier","reason":"kyc"', p.app)
        return ts + SECOND

    def login(self, p: Player, ts: int) -> int:
        """Come in, sometimes at the second attempt."""
        r, emit = self.random, self.house.emitter.emit
        geo = f'"geo":{{"country":"{p.country}","ip":"203.0.113.{p.person % 254 + 1}"}}'
        if r.random() < 0.04:
            emit("login_failed", ts, p, f',"method":"password","deviceId":"{p.device}",{geo}', p.app)
            ts += r.randrange(5, 40) * SECOND
        emit("login", ts, p, f',"method":"password","deviceId":"{p.device}",{geo}', p.app)
        device = f',"device":{{"os":"{p.os}","app":"{p.app}"}}'
        emit("session_start", ts + 300, p, f'{device},"balance":"{money.text(max(0, p.cash))}","currency":"{p.currency}"', p.app)
        return ts + SECOND
