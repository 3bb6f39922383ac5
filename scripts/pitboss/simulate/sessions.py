"""A session from login to leaving: lobby, games, cashier, and what responsible gambling has to say."""

from dataclasses import dataclass

from pitboss.simulate import money
from pitboss.simulate.arrivals import Arrivals
from pitboss.simulate.cashier import STARTING_WAGER, Cashier
from pitboss.simulate.clock import DAY, HOUR, MINUTE, SECOND, gaming_day, stamp
from pitboss.simulate.games import DEFECTIVE_GAME, GAMES, Game
from pitboss.simulate.odd import OddRounds
from pitboss.simulate.play import Floor, Launch
from pitboss.simulate.players import SCALE, Player
from pitboss.simulate.tables import Tables
from pitboss.simulate.wallet import House

_TASTES = {
    "slots": {"slots": 82, "table": 7, "crash": 6, "live": 5},
    "table": {"slots": 22, "table": 66, "crash": 4, "live": 8},
    "crash": {"slots": 20, "table": 8, "crash": 66, "live": 6},
    "live": {"slots": 15, "table": 15, "crash": 5, "live": 65},
}
_DUEL = next(game for game in GAMES if game.game_id == DEFECTIVE_GAME)
_BY_CATEGORY = {c: [game for game in GAMES if game.category == c] for c in ("slots", "table", "crash", "live")}


@dataclass(frozen=True, slots=True)
class BadStream:
    """The planted stream trouble: a market's players at some tables, for some time."""

    region: str
    tables: tuple[str, ...]
    begins: int
    ends: int

    def hits(self, p: Player, table_id: str, ts: int) -> bool:
        """Whether this player at this table suffers from it now."""
        return p.jurisdiction == self.region and table_id in self.tables and self.begins <= ts < self.ends


class Sessions:
    """Plays sessions; keeps the player's state and never goes back in time."""

    def __init__(self, house: House, arrivals: Arrivals, cashier: Cashier, floor: Floor, odd: OddRounds,
                 bad_stream: BadStream, slow: tuple[int, int]) -> None:  # fmt: skip
        self.house = house
        self.arrivals = arrivals
        self.cashier = cashier
        self.floor = floor
        self.tables = Tables(floor)
        self.odd = odd
        self.bad_stream = bad_stream
        self.slow = slow
        self.random = house.random
        self.cared = 0

    def play(self, p: Player, ts: int) -> None:
        """One session that begins at an instant."""
        house, r = self.house, self.random
        p.enter(house.next_id("s"))
        p.trace = house.emitter.trace()
        began = ts = self.arrivals.login(p, ts)
        rounds = 1 + int(r.expovariate(1 / p.rounds_a_session))
        deposits = 0
        reason = "logout"
        longest = began + (7 if p.kind == "chaser" else 4) * HOUR
        asked = began + 15 * MINUTE
        while rounds > 0 and ts < longest:
            if not self._can_play(p):
                ts, paid = self._top_up(p, ts, deposits)
                deposits += 1
                if not paid and deposits > 1:
                    break
                if not paid:
                    continue
            ts, played, reason = self._game(p, ts, min(rounds, 3 + int(r.expovariate(1 / 14))))
            rounds -= max(1, played)
            if ts > asked:
                house.emitter.emit("reality_check_shown", ts, p, f',"afterS":{(ts - began) // SECOND}', p.app)
                ts, asked = ts + 20 * SECOND, ts + 30 * MINUTE
            if reason == "broke" and not self._goes_on(p, deposits):
                break
        ts = self._leave(p, ts, began)
        p.busy_until = ts + 5 * MINUTE

    def _can_play(self, p: Player) -> bool:
        stake = p.base_stake
        return p.available >= stake or (p.bonus is not None and p.bonus_cash >= stake)

    def _goes_on(self, p: Player, deposits: int) -> bool:
        """Whether somebody who has run out of money pays in again at once."""
        if p.kind == "chaser":
            return deposits < 6
        return p.pays and self.random.random() < 0.22 and deposits < 3

    def _top_up(self, p: Player, ts: int, tried: int) -> tuple[int, bool]:
        r, emit = self.random, self.house.emitter.emit
        will_pay = p.pays and r.random() < 0.85
        if not p.verified or not will_pay or (tried > 2 and p.kind != "chaser"):
            emit("lobby_impression", ts, p, ',"lobbyId":"main","position":1', p.app)
            if r.random() < 0.5:
                emit("paywall_view", ts + SECOND, p, ',"placement":"game","reason":"no_funds"', p.app)
            return ts + r.randrange(20, 200) * SECOND, False
        amount = self._deposit_amount(p)
        first = p.deposits == 0
        ts, paid = self.cashier.deposit(p, ts, amount, 0.3 if p.kind == "chaser" else 0.12)
        if paid and first:
            emit("onboarding_step", ts, p, ',"step":"deposit","index":4,"result":"completed","durationMs":21000', p.app)
            if r.random() < 0.7 or p.kind == "ring":
                most = 100 * money.UNIT * SCALE[p.currency]
                self.cashier.grant(p, ts, "match", min(amount // 2, most), STARTING_WAGER)
        return ts + SECOND, paid

    def _deposit_amount(self, p: Player) -> int:
        if p.kind == "ring":
            return 50 * money.UNIT * SCALE[p.currency]
        wish = max(10, min(2_000, p.base_stake / money.UNIT / SCALE[p.currency] * self.random.choice((12, 20, 30, 50))))
        return round(wish / 5) * 5 * money.UNIT * SCALE[p.currency]

    def _choose(self, p: Player) -> Game:
        r = self.random
        if p.kind == "duellist":
            return _DUEL
        taste = _TASTES[p.taste]
        games = _BY_CATEGORY[r.choices(list(taste), list(taste.values()))[0]]
        return r.choices(games, [game.popularity for game in games])[0]

    def _game(self, p: Player, ts: int, rounds: int) -> tuple[int, int, str]:
        """Open one game and play some rounds; returns the time, the rounds played and why it ended."""
        r, emit = self.random, self.house.emitter.emit
        p.trace = self.house.emitter.trace()
        game = self._choose(p)
        position = r.randrange(1, 24)
        emit("lobby_impression", ts, p, f',"lobbyId":"main","position":{position},"tiles":["{game.game_id}",'
             f'"{GAMES[position].game_id}"]', p.app)  # fmt: skip
        ts += r.randrange(3, 25) * SECOND
        tile = f',"gameId":"{game.game_id}","lobbyId":"main","position":{position},"category":"{game.category}"'
        emit("tile_click", ts, p, tile, p.app)
        failed = r.random() < 0.008
        emit("game_launch", ts + 900, p,
             f',"gameId":"{game.game_id}","providerId":"{game.provider_id}","lobbyId":"main","mode":"real",'
             f'"loadMs":{r.randrange(400, 4_500)},"result":"{"error" if failed else "ok"}"', p.app)  # fmt: skip
        ts += r.randrange(4, 10) * SECOND
        if failed:
            return ts, 0, "error"
        launch = Launch(game, r.choice(game.table_ids) if game.table_ids else "")
        if self.slow[0] <= ts < self.slow[1]:
            launch.settle_slowness = 4.0
        if game.is_live:
            return self._live_rounds(p, ts, launch, min(rounds, 25))
        return self._instant_rounds(p, ts, launch, rounds)

    def _stake(self, p: Player, game: Game) -> int:
        stake = p.base_stake
        if p.kind == "duellist":
            return stake
        if p.kind == "chaser" and p.losing_streak:
            # The doubling of someone who runs after losses.
            return stake << min(p.losing_streak // 2, 4)
        dice = self.random.random()
        stake = stake * 2 if dice < 0.12 else stake * 5 if dice < 0.14 else stake
        return stake * 3 if game.is_live else stake

    def _instant_rounds(self, p: Player, ts: int, launch: Launch, rounds: int) -> tuple[int, int, str]:
        r, house, floor = self.random, self.house, self.floor
        pace = 0.8 if p.kind == "chaser" else 1.0
        for played in range(rounds):
            stake = self._stake(p, launch.game)
            portions = floor.fund(p, stake)
            if not portions:
                stake = p.base_stake
                portions = floor.fund(p, stake)
            if not portions:
                return ts, played, "broke"
            if p.stake_limit and stake > p.stake_limit:
                ts = self._blocked(p, ts, launch, stake, portions)
                continue
            launch.is_free_spin = p.bonus is not None and p.bonus.kind == "free_spin" and portions[0][0] == "bonus"
            bonus = p.bonus
            p.rounds += 1
            if r.random() < house.odd_rate:
                ts = self.odd.play(p, ts, launch, stake, portions)
            else:
                ts = floor.instant(p, ts, launch, stake, portions)
                if bonus is not None and portions[-1][0] == "bonus":
                    self.cashier.contribute(p, ts, portions[-1][1], f"b_{house.serial:07x}")
            ts += int(r.uniform(2.2, 7.5) * SECOND * (pace if p.losing_streak else 1.0))
            if p.kind == "usual" and p.available > 60 * stake and r.random() < 0.04:
                return ts, played + 1, "ahead"
        return ts, rounds, "done"

    def _blocked(self, p: Player, ts: int, launch: Launch, stake: int, portions: tuple[tuple[str, int], ...]) -> int:
        """A stake above the player's own limit: blocked, and refused with the code that says so."""
        emit, round_id = self.house.emitter.emit, f"R-{self.house.next_id('lim')}"
        self.odd.refused(p, ts, launch, round_id, stake, portions)
        emit("rg_blocked_bet", ts + 45, p,
             f',"limitId":"lim_{p.player_id}_stk","roundId":"{round_id}"{money.member("attempted", stake, p.currency)},'
             f'"reason":"stake_limit"')  # fmt: skip
        return ts + 6 * SECOND

    def _live_rounds(self, p: Player, ts: int, launch: Launch, rounds: int) -> tuple[int, int, str]:
        r = self.random
        bad = self.bad_stream.hits(p, launch.table_id, ts)
        if bad:
            launch.reject_rate = 0.18
        for played in range(rounds):
            if gaming_day(ts, p.jurisdiction) != gaming_day(ts + 10 * SECOND, p.jurisdiction):
                ts += 10 * SECOND
            stake = self._stake(p, launch.game)
            if not self.floor.fund(p, stake):
                stake = p.base_stake
            if not self.floor.fund(p, stake):
                return ts, played, "broke"
            if played % 2 == 0:
                self._stream(p, ts - SECOND, launch.table_id, bad)
            double = launch.game.game_id == "lv_blackjack" and r.random() < 0.1
            bets = 1 if launch.game.game_id == "lv_blackjack" else r.choices((1, 2, 3), (60, 28, 12))[0]
            p.rounds += 1
            over = self.tables.play(p, ts, launch, stake, bets, double=double)
            # The next round of a table begins in the next slot of forty seconds.
            ts = max(over + 3 * SECOND, (ts // (40 * SECOND) + 1) * 40 * SECOND + r.randrange(9_000))
        return ts, rounds, "done"

    def _stream(self, p: Player, ts: int, table_id: str, bad: bool) -> None:
        r = self.random
        rtt = int(r.lognormvariate(6.1 if bad else 4.5, 0.3))
        fps, dropped = (r.randrange(9, 20), r.randrange(20, 90)) if bad else (r.randrange(26, 31), r.randrange(0, 6))
        self.house.emitter.emit(
            "stream_qos", ts, p,
            f',"tableId":"{table_id}","webrtc_rtt_ms":{rtt},"fps":{fps},"dropped_frames":{dropped},'
            f'"decodedFrames":{fps * 30},"bitrate_kbps":{900 if bad else 2400},"jitterMs":{rtt // 8},'
            f'"packetLossPct":{"3.5" if bad else "0.1"},"network":"{"wifi" if p.app == "web" else "4g"}",'
            f'"region":"{p.jurisdiction}","intervalMs":30000',
            p.app,
        )  # fmt: skip

    def _leave(self, p: Player, ts: int, began: int) -> int:
        """Withdraw or not, then close the session."""
        r, emit = self.random, self.house.emitter.emit
        typical = p.base_stake * 25
        wants = p.available > 2 * typical and r.random() < 0.35
        # Who is about to leave for good takes along what is left.
        if p.available > 5 * money.UNIT * SCALE[p.currency] and ts > p.leaves_at - DAY:
            wants = wants or r.random() < 0.8
        if p.kind == "ring" and p.bonus is None and p.available > 20 * money.UNIT:
            wants = True
        if p.kind == "chaser":
            wants = p.available > 2 * typical
        if wants and p.held == 0:
            share = p.available * 4 // 5 // money.UNIT * money.UNIT
            if share > 0:
                ts = self.cashier.request_withdrawal(p, ts, share, 0.75 if p.kind == "chaser" else 0.07)
        ts += r.randrange(2, 60) * SECOND
        reason = "logout"
        if r.random() < 0.12:
            reason = "timeout"
            ts += 15 * MINUTE
            emit("session_timeout", ts, p, f',"reason":"inactivity","durationS":{(ts - began) // SECOND}')
        emit("session_end", ts + 10, p,
             f',"device":{{"os":"{p.os}","app":"{p.app}"}},"balance":"{money.text(max(0, p.cash))}",'
             f'"currency":"{p.currency}","endReason":"{reason}"', p.app)  # fmt: skip
        return ts

    def care(self, p: Player, ts: int) -> None:
        """The player's own limits, pauses and exclusions, and the house's answer to signs of harm."""
        r, emit = self.random, self.house.emitter.emit
        head = f',"limitId":"lim_{p.player_id}_stk","type":"stake","period":"day"'
        if p.kind == "chaser":
            p.limit_raises += 1
            old, new = (limit * SCALE[p.currency] for limit in (200 + 100 * p.limit_raises, 300 + 100 * p.limit_raises))
            emit("rg_limit_updated", ts, p,
                 f',"limitId":"lim_{p.player_id}_dep","type":"deposit_gross","period":"day","newValue":"{new}.00",'
                 f'"oldValue":"{old}.00","currency":"{p.currency}","effectiveTs":"{stamp(ts + DAY)}",'
                 f'"initiator":"player"', p.app)  # fmt: skip
            if p.limit_raises % 3 == 0:
                emit("rg_interaction", ts + HOUR, p, ',"action":"message","channel":"inbox","outcome":"read"')
            return
        # Dealt round rather than drawn, so that even a small casino has seen each of them.
        turn = self.cared % 8
        self.cared += 1
        if turn in (0, 3, 6):
            p.stake_limit = p.base_stake
            emit("rg_limit_set", ts, p,
                 f'{head},"newValue":"{money.text(p.stake_limit)}","currency":"{p.currency}",'
                 f'"effectiveTs":"{stamp(ts)}","initiator":"player"', p.app)  # fmt: skip
        elif turn == 1:
            old, p.stake_limit = p.stake_limit or p.base_stake, p.base_stake * 3
            emit("rg_limit_updated", ts, p,
                 f'{head},"newValue":"{money.text(p.stake_limit)}","oldValue":"{money.text(old)}",'
                 f'"currency":"{p.currency}","effectiveTs":"{stamp(ts)}","initiator":"player"', p.app)  # fmt: skip
        elif turn in (2, 7):
            emit("rg_interaction", ts, p, ',"action":"message","channel":"email","outcome":"sent"')
        elif turn == 4:
            p.blocked_until = ts + r.choice((1, 7)) * DAY
            emit("cool_off", ts, p, f',"endTs":"{stamp(p.blocked_until)}"', p.app)
        else:
            p.blocked_until = ts + 180 * DAY
            emit("self_exclusion", ts, p,
                 f',"scope":"brand","register":"house","startTs":"{stamp(ts)}","endTs":"{stamp(p.blocked_until)}"',
                 p.app)  # fmt: skip
