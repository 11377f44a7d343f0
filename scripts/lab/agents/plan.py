"""Plans conversations: which agent, which version, which prompts. The same seed gives the same plans."""

import random

import claude
import codex
import topics
import world
from steps import Live, Plan

PROJECTS = ("shop", "billing", "reports", "loyalty", "warehouse")
OPENINGS = ("", "", "Please: ", "Next one. ", "When you are done with that: ")


def plan(seed: int, number: int, ports: dict, turns: int, host: str) -> Plan:
    rng = random.Random(f"{seed}/plan/{number}")
    agent = "claude-code" if number % 2 == 0 else "codex"
    versions = claude.VERSIONS if agent == "claude-code" else codex.VERSIONS
    developer = rng.choice(tuple(world.PEOPLE))
    project = f"{rng.choice(PROJECTS)}-{number}"
    place = topics.Place(rng, number, ports["pg"], ports["http"], ports["https"], host, {}, [])
    # Every topic meets both agents: the order is run through once for each.
    chosen = [topics.TOPICS[(number // 2 + (0 if number % 2 == 0 else 5)) % len(topics.TOPICS)]]
    while len(chosen) < turns:
        # No prompt twice in a conversation, as long as there are others.
        if topics.delegated not in chosen and rng.random() < 0.15:
            chosen.append(topics.delegated)
            continue
        fresh = [topic for topic in topics.COMMON if topic not in chosen]
        chosen.append(rng.choice(fresh or topics.COMMON))
    made = []
    for place.round, topic in enumerate(chosen):
        turn = topic(place)
        if place.round:
            turn.prompt = rng.choice(OPENINGS) + turn.prompt
            if agent == "claude-code" and rng.random() < 0.3:
                turn.queued = rng.choice(("after", "during"))
        made.append(turn)
    version = versions[number // 2 % len(versions)]
    if agent == "codex" and any(isinstance(step, Live) for turn in made for step in turn.steps):
        # Only these can type into a program that runs.
        version = rng.choice(("0.141.0", "0.142.2"))
    return Plan(number, agent, version, developer, project, made, place.files, place.databases)


def plans(seed: int, count: int, ports: dict, turns: int, host: str = "shop.internal") -> list[Plan]:
    return [plan(seed, number, ports, turns, host) for number in range(count)]
