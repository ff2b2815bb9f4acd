"""Texts below the fields of a class, read from the source only where somebody asks for them."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Described(BaseModel):
    """A model whose JSON schema describes each field by the text below it.

    pydantic's own `use_attribute_docstrings` reads the source whenever the class is made, which is at every
    start.
    """

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> dict[str, Any]:
        """See pydantic."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in field_texts(cls).items():
            field = cls.model_fields.get(name)
            for key in (name, field and field.alias):
                if key in properties:
                    properties[key].setdefault("description", text)
        return schema


def field_texts(owner: type) -> dict[str, str]:
    """Field -> the text below it, for a class and those that it inherits from."""
    texts: dict[str, str] = {}
    for base in reversed(owner.__mro__):
        for field, text in pairwise(_class_bodies(base.__module__).get(base.__name__, [])):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(text, ast.Expr)
                and isinstance(text.value, ast.Constant)
            ):
                texts[field.target.id] = inspect.cleandoc(str(text.value.value))
    return texts


@cache
def _class_bodies(module: str) -> dict[str, list[ast.stmt]]:
    if not module.startswith(f"{__name__.partition('.')[0]}."):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node.body for node in tree.body if isinstance(node, ast.ClassDef)}
