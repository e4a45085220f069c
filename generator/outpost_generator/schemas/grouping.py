"""Which classes share a module: those that hold each other, and a class with what is inside it."""

from collections.abc import Collection, Mapping, Sequence

from outpost_generator.schemas.graph import components_in_order

Edges = Mapping[str, Sequence[str]]


def owners(edges: Edges, inline: Collection[str]) -> dict[str, str]:
    """Return for each component the one whose module it stands in, itself or what holds it.

    Args:
        edges: component -> the components that it names.
        inline: components that the document describes inside others, and has no name for.
    """
    holders: dict[str, list[str]] = {}
    for component, held in edges.items():
        for each in held:
            if each != component:
                holders.setdefault(each, []).append(component)
    inside = {
        component: holders[component][0]
        for component in inline
        if len(holders.get(component, ())) == 1
    }
    found: dict[str, str] = {}
    for component in edges:
        owner, seen = component, {component}
        while owner in inside and inside[owner] not in seen:
            owner = inside[owner]
            seen.add(owner)
        found[component] = owner
    return found


def groups(edges: Edges, owner: Mapping[str, str]) -> list[list[str]]:
    """Return the components of each module, the one that names it first.

    To join a component with its only holder makes no circle that was not there.
    """
    units: dict[str, list[str]] = {}
    between: dict[str, dict[str, None]] = {}
    for component, held in edges.items():
        unit = owner[component]
        units.setdefault(unit, []).append(component)
        between.setdefault(unit, {}).update({owner[each]: None for each in held})
    order = {component: index for index, component in enumerate(edges)}
    found: list[list[str]] = []
    for circle in components_in_order({unit: list(held) for unit, held in between.items()}):
        heads = sorted(circle, key=order.__getitem__)
        rest = [each for unit in circle for each in units[unit] if each not in circle]
        found.append([*heads, *sorted(rest, key=order.__getitem__)])
    return found
