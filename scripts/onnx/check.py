"""ONNX's own checker for onnx.test.ts.

Each line of standard input is a JSON list with the path of a model and the names of its classes as JSON, and each gets `ok` or the
error: the messages, every operator against its schema, the shapes of all values, inferred strictly and against those that the
model declares, and the names in its metadata.
"""
import ast
import json
import sys

import onnx

for line in sys.stdin:
    [path, classes] = json.loads(line)
    try:
        onnx.checker.check_model(path, full_check=True)
        model = onnx.load(path)
        inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
        assert (model.ir_version, model.opset_import[0].version) == (8, 17)
        known = {value.name for value in inferred.graph.value_info}
        unknown = [name for node in model.graph.node for name in node.output if name not in known and name != "logits"]
        assert not unknown, f"no shape is inferred for {unknown}"
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        names = ast.literal_eval(metadata["names"])
        assert names == dict(enumerate(json.loads(classes))), f"the classes are {names}"
        print("ok", flush=True)
    except Exception as error:  # the test decides what an error means
        print(" ".join(str(error).split()) or type(error).__name__, flush=True)
