"""Reads an event file, or metrics as CSV, for events.test.ts by Python's protobuf, with the CRC of crcmod and the pictures of Pillow.

    events.py DESCRIPTORS

DESCRIPTORS is what protoc --descriptor_set_out makes of protos/tensorboard. Each line of standard input is a JSON list with the path of
an event file, and each gets a JSON list of its events; or of a .csv, and gets its rows.
"""
import csv
import io
import json
import struct
import sys
from datetime import datetime

import crcmod.predefined
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, struct_pb2
from PIL import Image

crc32c = crcmod.predefined.mkCrcFun("crc-32c")
pool = descriptor_pool.DescriptorPool()
with open(sys.argv[1], "rb") as file:
    for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
        pool.Add(proto)
factory = message_factory.MessageFactory(pool)


def message(name):
    return factory.GetPrototype(pool.FindMessageTypeByName(f"digit_lab.tensorboard.{name}"))


Event, HParams = message("Event"), message("HParamsPluginData")


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        head, length_crc = data[at : at + 8], struct.unpack("<I", data[at + 8 : at + 12])[0]
        assert masked(head) == length_crc, f"the checksum of a length at {at}"
        (length,) = struct.unpack("<Q", head)
        record = data[at + 12 : at + 12 + length]
        assert len(record) == length, f"the record at {at} is cut"
        assert masked(record) == struct.unpack("<I", data[at + 12 + length : at + 16 + length])[0], f"the checksum at {at}"
        yield record
        at += 16 + length


def as_google_value(setting):
    return struct_pb2.Value.FromString(setting.SerializeToString())


def described(value):
    kind = value.WhichOneof("value")
    found = {"tag": value.tag, "kind": kind, "plugin": value.metadata.plugin_data.plugin_name}
    if kind == "simple_value":
        found["value"] = repr(value.simple_value)
    if kind == "histo":
        found["histogram"] = json_format.MessageToDict(value.histo)
    if kind == "tensor":
        found["text"] = [text.decode() for text in value.tensor.string_val]
    if kind == "image":
        picture = Image.open(io.BytesIO(value.image.encoded_image_string))
        assert picture.size == (value.image.width, value.image.height), value.tag
        found["size"] = picture.size
        found["pixels"] = list(picture.convert("L").getdata())
    if found["plugin"] == "hparams":
        data = HParams.FromString(value.metadata.plugin_data.content)
        found["hparams"] = json_format.MessageToDict(data)
        settings = data.session_start_info.hparams.items()
        found["settings"] = {key: json_format.MessageToDict(as_google_value(setting)) for key, setting in settings}
    return found


def read(path):
    with open(path, "rb") as file:
        events = [Event.FromString(record) for record in records(file.read())]
    return [
        {
            "wallTime": event.wall_time,
            "step": event.step,
            "version": event.file_version,
            "values": [described(value) for value in event.summary.value],
        }
        for event in events
    ]


def read_csv(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        datetime.fromisoformat(row.pop("timestamp"))
    return [{name: repr(float(cell)) for name, cell in row.items() if cell != ""} for row in rows]


for line in sys.stdin:
    [path] = json.loads(line)
    print(json.dumps(read_csv(path) if path.endswith(".csv") else read(path)), flush=True)
