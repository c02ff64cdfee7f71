"""No client's id selects a document before its door was passed."""

import ast

from tests.rules.code import Code, FunctionDef, Module, Named, decorator, parameters
from tests.rules.flow import Flow, Reach, root
from tests.rules.values import CLIENT, OWN, Of, Value, Values, is_id

ACCESS = "resolvers.kit.access"
DOORS = {
    Named(ACCESS, "access"): 2,
    Named(ACCESS, "access_batch"): 2,
    Named(ACCESS, "check_workspace"): 1,
    Named(ACCESS, "check_organization"): 1,
    # The id of what is made names the object that it is made in.
    Named("models.ids", "check_inside"): 0,
    # A signature is the door.
    Named("resolvers.files.attachment_link", "check_link"): 1,
}
# The door of `node`: it asks for the memberships behind what it finds, and leaves out what is not the caller's.
NODE = Named("resolvers.node", "_of_kind")
# What a number leads to is an id and no more, whose door is asked afterwards.
NUMBERED = Named("resolvers.kit.numbered", "find_numbered")
TENANTS = frozenset({"organization_id", "workspace_id"})


def raw_reads(code: Code) -> list[Reach]:
    """The queries of documents that a client's id reaches without a door."""
    flow = Flow(
        code,
        doors=DOORS,
        trusted=lambda named: named.module == ACCESS or named in (NODE, NUMBERED),
        is_entered=lambda named: is_entered(code, named),
        is_open=lambda module, name: is_open(code, module, name),
    )
    for module in code.modules.values():
        for function in module.functions.values():
            if (given := entered_with(code, module, function)) is not None:
                flow.follow(module, function, given)
    return sorted(flow.reached.values(), key=lambda reach: (reach.file, reach.line))


def is_entered(code: Code, named: Named) -> bool:
    function = code.function(named)
    return function is not None and any(decorator(function, name) for name in ("operation", "edge"))


def is_open(code: Code, module: Module, name: ast.Name) -> bool:
    """Whether a name is that of a document that no tenant owns."""
    named = code.named(module, name)
    if named is None or not named.module.startswith("models.") or named.name in ("Organization", "Workspace"):
        return False
    model = code.modules[named.module].classes.get(named.name)
    if model is None:
        return False
    return not any(isinstance(field, ast.AnnAssign) and ast.unparse(field.target) in TENANTS for field in model.body)


def entered_with(code: Code, module: Module, function: FunctionDef) -> Values | None:
    """What clients give to an operation, an edge or the handler of a route; None for what they do not call."""
    names = parameters(function)
    values = {name.arg: _of_client(name) for name in names}
    if (entry := decorator(function, "operation")) is not None:
        opened, inside = _door(code, module, entry)
        if any(keyword.arg == "server_role" for keyword in entry.keywords):
            return dict.fromkeys(values, OWN)  # whoever runs the installation: what that opens is no tenant's
        values[names[0].arg] = OWN
        if opened or inside:
            values[names[1].arg] = OWN
        if inside:
            values[names[2].arg] = Value(Of.INPUT, opened=frozenset({inside}))
        return values
    if decorator(function, "edge"):
        return values | {name.arg: OWN for name in names[:2]}
    if any(isinstance(entry, ast.Call) and root(entry.func) == "routes" for entry in function.decorator_list):
        return values
    return None


def _of_client(name: ast.arg) -> Value:
    annotation = "" if name.annotation is None else ast.unparse(name.annotation)
    if annotation in ("Window", "Fields"):
        return OWN
    return CLIENT if "ObjectId" in annotation or is_id(name.arg) else Value(Of.INPUT)


def _door(code: Code, module: Module, entry: ast.Call) -> tuple[bool, str | None]:
    """Whether an operation opens an object, and by which field of its input one that works inside an object does."""
    for keyword in entry.keywords:
        if keyword.arg == "opens":
            return True, None
        if keyword.arg == "inside":
            return False, _key(code, module, keyword.value)
    return False, None


def _key(code: Code, module: Module, door: ast.expr) -> str:
    match door:
        case ast.Call(func=ast.Attribute(attr="by"), args=[ast.Constant(value=str(name))]):
            return name
        case ast.Call(func=ast.Attribute(value=inner)) | ast.Attribute(value=inner):
            return _key(code, module, inner)
        case ast.Name(id=name) if name in module.values:
            return _key(code, module, module.values[name])
        case ast.Name(id=name):
            return f"{name.lower()}_id"
    raise TypeError(f"{module.file}: what an operation is inside of cannot be read")
