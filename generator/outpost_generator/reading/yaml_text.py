"""YAML as OpenAPI means it: the types of JSON, no key twice, and no text that unfolds for ever."""

from typing import Any

import yaml

from outpost_generator.reading.limits import MOST_LEVELS, MOST_MERGED

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"


class TooDeep(Exception):
    """The text is nested deeper than can be read."""


class _Loader(_Base):  # type: ignore[misc]  # whichever of the two the machine has
    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.duplicates: list[str] = []
        self._merged = 0

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = (key_node.tag, str(key_node.value))
            if key in seen and key_node.tag != _MERGE:
                line = key_node.start_mark.line + 1
                self.duplicates.append(f"{key_node.value!r} (line {line})")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge `<<` keys, each key once: merged twice at every level, they would double."""
        merging = [value for key, value in node.value if key.tag == _MERGE]
        for value in merging:
            sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for source in sources:
                if isinstance(source, yaml.MappingNode):
                    self.flatten_mapping(source)
                    self._merged += len(source.value)
            if self._merged > MOST_MERGED:
                raise ValueError(f"its merge keys unfold into more than {MOST_MERGED:,} values")
        super().flatten_mapping(node)
        if merging:
            once = {(key.tag, str(key.value)): (key, value) for key, value in node.value}
            node.value = list(once.values())


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(content: bytes) -> Any:
    """Return what YAML text holds.

    Raises:
        TooDeep: it is nested deeper than ``MOST_LEVELS``.
        ValueError: a key is there twice (all such keys are named), or it unfolds without bound.
        yaml.YAMLError: it is not YAML.
    """
    _check_depth(content)
    loader = _Loader(content)
    try:
        found = loader.get_single_data()
    finally:
        loader.dispose()
    if loader.duplicates:
        raise ValueError(f"duplicate key {', '.join(loader.duplicates)}")
    return found


def _check_depth(content: bytes) -> None:
    """Refuse deep nesting before anything recurses: the reader in C would end the process."""
    depth = 0
    for event in yaml.parse(content, Loader=_Base):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MOST_LEVELS:
                raise TooDeep
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
