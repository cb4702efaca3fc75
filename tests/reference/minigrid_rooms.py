"""What PyPI's minigrid does in random worlds: tests/reference/minigrid_rooms.txt.gz, which tests/rooms.rs replays.

    python -m venv venv && venv/bin/pip install minigrid==3.2.0
    venv/bin/python tests/reference/minigrid_rooms.py

A line `world width height x y direction cells` begins a world, each cell as a character: `0` plus 0 for not seen, 1 for
empty, 2 for a wall, 3 + 3 · colour + state for a door, 21, 27 and 33 + colour for keys, balls and boxes. After it each
line is a step: action, x, y, direction, what is carried (or -), the cell in front, and the 49 cells of `gen_obs`'s image
row by row, the farthest first.
"""

import gzip
import pathlib
import random

from minigrid.core.constants import COLOR_NAMES, COLOR_TO_IDX
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Ball, Box, Door, Key, Wall
from minigrid.minigrid_env import MiniGridEnv

WORLDS, STEPS = 125, 80
COLOURS = sorted(COLOR_NAMES, key=lambda name: COLOR_TO_IDX[name])


class Rooms(MiniGridEnv):
    """Walls here and there, doors in them, and things on the floor."""

    def __init__(self, draw):
        self.draw = draw
        space = MissionSpace(mission_func=lambda: "")
        width, height = draw.randint(5, 13), draw.randint(5, 13)
        super().__init__(mission_space=space, width=width, height=height, max_steps=10**6)

    def _gen_grid(self, width, height):
        draw = self.draw
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        for x in range(3, width - 2, draw.choice([3, 4, 5])):
            for y in range(1, height - 1):
                self.grid.set(x, y, Wall())
            for y in draw.sample(range(1, height - 1), min(2, height - 2)):
                colour, state = draw.choice(COLOURS), draw.randint(0, 3)
                self.grid.set(x, y, Door(colour, is_open=state == 0, is_locked=state == 1))
        for _ in range(draw.randint(2, width * height // 6)):
            thing = draw.choice([Key, Key, Ball, Box])(draw.choice(COLOURS))
            x, y = draw.randint(1, width - 2), draw.randint(1, height - 2)
            if self.grid.get(x, y) is None:
                self.grid.set(x, y, thing)
        free = [(x, y) for x in range(width) for y in range(height) if self.grid.get(x, y) is None]
        self.agent_pos, self.agent_dir = draw.choice(free), draw.randint(0, 3)
        self.mission = ""


def character(kind, colour, state):
    """One character for minigrid's three numbers."""
    symbol = {0: 0, 1: 1, 2: 2, 4: 3 + 3 * colour + state, 5: 21 + colour, 6: 27 + colour, 7: 33 + colour}
    return chr(48 + symbol[kind])


def code(cell):
    return character(*(int(number) for number in ((1, 0, 0) if cell is None else cell.encode())))


def main():
    draw = random.Random(7)
    lines = ["# minigrid 3.2.0 (MIT), by tests/reference/minigrid_rooms.py"]
    for _ in range(WORLDS):
        env = Rooms(draw)
        env.reset()
        x, y = env.agent_pos
        cells = [code(env.grid.get(i % env.width, i // env.width)) for i in range(env.width * env.height)]
        lines.append(f"world {env.width} {env.height} {x} {y} {env.agent_dir} {''.join(cells)}")
        for _ in range(STEPS):
            # Often ahead and at what lies there, so that something happens.
            action = draw.choice([0, 1, 2, 2, 2, 3, 4, 5, 5])
            observation = env.step(action)[0]
            image = observation["image"]
            seen = "".join(character(*map(int, image[i % 7, i // 7])) for i in range(49))
            carried = "-" if env.carrying is None else code(env.carrying)
            front = code(env.grid.get(*env.front_pos))
            (x, y) = env.agent_pos
            lines.append(f"{action} {x} {y} {env.agent_dir} {carried} {front} {seen}")
    path = pathlib.Path(__file__).with_suffix(".txt.gz")
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))
    print(len(lines) - 1 - WORLDS, "steps,", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
