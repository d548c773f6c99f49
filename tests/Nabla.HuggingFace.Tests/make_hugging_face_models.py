#!/usr/bin/env python3
"""Writes tiny models with random weights in the layout that Hugging Face's folders have, with what plain PyTorch computes with them.

Run:  /usr/bin/python3 make_hugging_face_models.py Folders        (Debian's python3-torch, 1.13 or later; nothing else)

Each network is written out below by the formulas of its paper, with the published names and layouts of its tensors. Weights are float32, what is computed
with them float64. A folder holds config.json, the weights, the tokenizer's files, and oracle.safetensors: inputs, outputs and, for one model, the loss
and the gradients of all weights.
"""
import json
import math
import os
import struct
import sys

import torch
import torch.nn.functional as F

TYPES = {torch.float32: "F32", torch.int32: "I32", torch.int64: "I64"}


def save_safetensors(path, tensors, metadata=None):
    """The published format: the header's length, the header as JSON, then the elements."""
    header = {} if metadata is None else {"__metadata__": metadata}
    offset = 0
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().numpy().tobytes())


class Weights:
    """Tensors by name, made when they are first asked for."""

    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)
        self.stored, self.used = {}, {}

    def get(self, name, shape, scale=0.15, shift=0.0, positive=False):
        if name not in self.stored:
            value = torch.randn(shape, generator=self.random) * scale + shift
            self.stored[name] = (value.abs() + 0.1 if positive else value).to(torch.float32)
            self.used[name] = self.stored[name].double().requires_grad_()
        return self.used[name]

    def extra(self, name, value):
        self.stored[name] = value

    def linear(self, x, name, outputs, bias=True):
        weight = self.get(f"{name}.weight", (outputs, x.shape[-1]))
        return F.linear(x, weight, self.get(f"{name}.bias", (outputs,), 0.1) if bias else None)

    def conv1d(self, x, name, outputs):
        """GPT-2's product: the weight is [inputs, outputs]."""
        return x @ self.get(f"{name}.weight", (x.shape[-1], outputs)) + self.get(f"{name}.bias", (outputs,), 0.1)

    def norm(self, x, name, eps):
        size = x.shape[-1:]
        return F.layer_norm(x, size, self.get(f"{name}.weight", size, 0.1, 1.0), self.get(f"{name}.bias", size, 0.1), eps)

    def rms(self, x, name, eps):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps) * self.get(f"{name}.weight", x.shape[-1:], 0.1, 1.0)

    def table(self, ids, name, rows, size):
        return self.get(name, (rows, size), 0.5)[ids]


def heads(x, count):
    return x.reshape(*x.shape[:2], count, -1).transpose(1, 2)


def attend(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


def causal(time):
    return torch.ones(time, time, dtype=torch.bool).tril()


def gelu_new(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


# BERT (Devlin et al., arXiv 1810.04805)
def bert(w, config, ids, types, mask, prefix="bert."):
    size, eps = config["hidden_size"], config["layer_norm_eps"]
    e = prefix + "embeddings."
    x = w.table(ids, e + "word_embeddings.weight", config["vocab_size"], size)
    x = x + w.table(torch.arange(ids.shape[1]), e + "position_embeddings.weight", config["max_position_embeddings"], size)
    x = x + w.table(types, e + "token_type_embeddings.weight", config["type_vocab_size"], size)
    x = w.norm(x, e + "LayerNorm", eps)
    for layer in range(config["num_hidden_layers"]):
        n = f"{prefix}encoder.layer.{layer}."
        q, k, v = (heads(w.linear(x, f"{n}attention.self.{part}", size), config["num_attention_heads"]) for part in ("query", "key", "value"))
        a = attend(q, k, v, mask[:, None, None, :])
        x = w.norm(x + w.linear(a, n + "attention.output.dense", size), n + "attention.output.LayerNorm", eps)
        h = F.gelu(w.linear(x, n + "intermediate.dense", config["intermediate_size"]))
        x = w.norm(x + w.linear(h, n + "output.dense", size), n + "output.LayerNorm", eps)
    return x


def pooled(w, x, prefix="bert."):
    return torch.tanh(w.linear(x[:, 0], prefix + "pooler.dense", x.shape[-1]))


# DistilBERT (Sanh et al., arXiv 1910.01108)
def distilbert(w, config, ids, mask):
    size = config["dim"]
    e = "distilbert.embeddings."
    x = w.table(ids, e + "word_embeddings.weight", config["vocab_size"], size)
    x = x + w.table(torch.arange(ids.shape[1]), e + "position_embeddings.weight", config["max_position_embeddings"], size)
    x = w.norm(x, e + "LayerNorm", 1e-12)
    for layer in range(config["n_layers"]):
        n = f"distilbert.transformer.layer.{layer}."
        q, k, v = (heads(w.linear(x, f"{n}attention.{part}_lin", size), config["n_heads"]) for part in "qkv")
        a = attend(q, k, v, mask[:, None, None, :])
        x = w.norm(x + w.linear(a, n + "attention.out_lin", size), n + "sa_layer_norm", 1e-12)
        h = F.gelu(w.linear(x, n + "ffn.lin1", config["hidden_dim"]))
        x = w.norm(x + w.linear(h, n + "ffn.lin2", size), n + "output_layer_norm", 1e-12)
    return x


# GPT-2 (Radford et al., 2019)
def gpt2(w, config, ids, prefix=""):
    size, eps, time = config["n_embd"], config["layer_norm_epsilon"], ids.shape[1]
    x = w.table(ids, prefix + "wte.weight", config["vocab_size"], size)
    x = x + w.table(torch.arange(time), prefix + "wpe.weight", config["n_positions"], size)
    for layer in range(config["n_layer"]):
        n = f"{prefix}h.{layer}."
        q, k, v = (heads(part, config["n_head"]) for part in w.conv1d(w.norm(x, n + "ln_1", eps), n + "attn.c_attn", 3 * size).split(size, -1))
        w.extra(n + "attn.bias", causal(config["n_positions"]).float()[None, None])
        x = x + w.conv1d(attend(q, k, v, causal(time)), n + "attn.c_proj", size)
        h = gelu_new(w.conv1d(w.norm(x, n + "ln_2", eps), n + "mlp.c_fc", 4 * size))
        x = x + w.conv1d(h, n + "mlp.c_proj", size)
    return w.norm(x, prefix + "ln_f", eps)


# Llama (Touvron et al., arXiv 2302.13971), its rotary angles and their scaling as Llama 3.1 has it
def frequencies(config, size):
    f = config["rope_theta"] ** (-torch.arange(0, size, 2).double() / size)
    scaling = config.get("rope_scaling")
    if scaling is None:
        return f
    kind = scaling.get("rope_type", scaling.get("type"))
    if kind == "linear":
        return f / scaling["factor"]
    assert kind == "llama3"
    low, high, original = scaling["low_freq_factor"], scaling["high_freq_factor"], scaling["original_max_position_embeddings"]
    length = 2 * math.pi / f
    smooth = (original / length - low) / (high - low)
    between = (1 - smooth) * f / scaling["factor"] + smooth * f
    return torch.where(length < original / high, f, torch.where(length > original / low, f / scaling["factor"], between))


def rotate(x, f):
    angles = torch.arange(x.shape[2]).double()[:, None] * torch.cat([f, f])[None]
    half = x.shape[-1] // 2
    return x * angles.cos() + torch.cat([-x[..., half:], x[..., :half]], -1) * angles.sin()


def llama(w, config, ids, qkv_bias=False, window=None):
    size, eps, count = config["hidden_size"], config["rms_norm_eps"], config["num_attention_heads"]
    kv, head = config["num_key_value_heads"], config.get("head_dim", size // count)
    mask = causal(ids.shape[1])
    if window:
        mask = mask & ~mask.tril(-window)
    x = w.table(ids, "model.embed_tokens.weight", config["vocab_size"], size)
    f = frequencies(config, head)
    for layer in range(config["num_hidden_layers"]):
        n = f"model.layers.{layer}."
        y = w.rms(x, n + "input_layernorm", eps)
        q = rotate(heads(w.linear(y, n + "self_attn.q_proj", count * head, qkv_bias), count), f)
        k = rotate(heads(w.linear(y, n + "self_attn.k_proj", kv * head, qkv_bias), kv), f)
        v = heads(w.linear(y, n + "self_attn.v_proj", kv * head, qkv_bias), kv)
        k, v = (part.repeat_interleave(count // kv, 1) for part in (k, v))
        x = x + w.linear(attend(q, k, v, mask), n + "self_attn.o_proj", size, False)
        y = w.rms(x, n + "post_attention_layernorm", eps)
        inner = config["intermediate_size"]
        h = F.silu(w.linear(y, n + "mlp.gate_proj", inner, False)) * w.linear(y, n + "mlp.up_proj", inner, False)
        x = x + w.linear(h, n + "mlp.down_proj", size, False)
    x = w.rms(x, "model.norm", eps)
    return x @ w.used["model.embed_tokens.weight"].T if config["tie_word_embeddings"] else w.linear(x, "lm_head", config["vocab_size"], False)


# ViT (Dosovitskiy et al., arXiv 2010.11929); images [batch, channels, height, width]
def vit(w, config, images):
    size, eps, patch = config["hidden_size"], config["layer_norm_eps"], config["patch_size"]
    e = "vit.embeddings."
    count = (config["image_size"] // patch) ** 2
    token = w.get(e + "cls_token", (1, 1, size))
    places = w.get(e + "position_embeddings", (1, count + 1, size))
    weight = w.get(e + "patch_embeddings.projection.weight", (size, config["num_channels"], patch, patch))
    x = F.conv2d(images, weight, w.get(e + "patch_embeddings.projection.bias", (size,), 0.1), stride=patch).flatten(2).transpose(1, 2)
    x = torch.cat([token.expand(len(x), -1, -1), x], 1) + places
    for layer in range(config["num_hidden_layers"]):
        n = f"vit.encoder.layer.{layer}."
        y = w.norm(x, n + "layernorm_before", eps)
        q, k, v = (heads(w.linear(y, f"{n}attention.attention.{part}", size), config["num_attention_heads"]) for part in ("query", "key", "value"))
        x = x + w.linear(attend(q, k, v), n + "attention.output.dense", size)
        h = F.gelu(w.linear(w.norm(x, n + "layernorm_after", eps), n + "intermediate.dense", config["intermediate_size"]))
        x = x + w.linear(h, n + "output.dense", size)
    return w.norm(x, "vit.layernorm", eps)


# ResNet (He et al., arXiv 1512.03385), the stride in the 3 x 3 convolution of a bottleneck
def convolution(w, x, name, filters, kernel, stride=1, relu=True):
    weight = w.get(f"{name}.convolution.weight", (filters, x.shape[1], kernel, kernel), 0.25)
    x = F.conv2d(x, weight, stride=stride, padding=kernel // 2)
    n = f"{name}.normalization."
    scale, shift = w.get(n + "weight", (filters,), 0.1, 1.0), w.get(n + "bias", (filters,), 0.1)
    mean, variance = w.get(n + "running_mean", (filters,), 0.1), w.get(n + "running_var", (filters,), 0.5, positive=True)
    w.extra(n + "num_batches_tracked", torch.tensor(7))
    x = F.batch_norm(x, mean.detach(), variance.detach(), scale, shift, False, 0.1, 1e-5)
    return F.relu(x) if relu else x


def resnet(w, config, images):
    x = convolution(w, images, "resnet.embedder.embedder", config["embedding_size"], 7, 2)
    x = F.max_pool2d(x, 3, 2, 1)
    for stage, (filters, depth) in enumerate(zip(config["hidden_sizes"], config["depths"])):
        for layer in range(depth):
            n = f"resnet.encoder.stages.{stage}.layers.{layer}."
            stride = 2 if layer == 0 and (stage > 0 or config["downsample_in_first_stage"]) else 1
            shortcut = x
            if x.shape[1] != filters or stride != 1:
                shortcut = convolution(w, x, n + "shortcut", filters, 1, stride, relu=False)
            if config["layer_type"] == "basic":
                y = convolution(w, x, n + "layer.0", filters, 3, stride)
                y = convolution(w, y, n + "layer.1", filters, 3, relu=False)
            else:
                y = convolution(w, x, n + "layer.0", filters // 4, 1)
                y = convolution(w, y, n + "layer.1", filters // 4, 3, stride)
                y = convolution(w, y, n + "layer.2", filters, 1, relu=False)
            x = F.relu(y + shortcut)
    return x.mean((2, 3))


BERT = dict(
    model_type="bert", vocab_size=60, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, hidden_act="gelu",
    hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1, max_position_embeddings=20, type_vocab_size=2, initializer_range=0.02,
    layer_norm_eps=1e-12, pad_token_id=0, position_embedding_type="absolute", use_cache=True, torch_dtype="float32", transformers_version="4.36.0")
DISTILBERT = dict(
    model_type="distilbert", vocab_size=60, dim=32, n_layers=2, n_heads=4, hidden_dim=48, activation="gelu", dropout=0.1, attention_dropout=0.1,
    seq_classif_dropout=0.2, qa_dropout=0.1, max_position_embeddings=20, sinusoidal_pos_embds=False, pad_token_id=0, tie_weights_=True,
    torch_dtype="float32")
GPT2 = dict(
    model_type="gpt2", vocab_size=64, n_positions=16, n_ctx=16, n_embd=32, n_layer=2, n_head=4, n_inner=None, activation_function="gelu_new",
    layer_norm_epsilon=1e-5, embd_pdrop=0.1, attn_pdrop=0.1, resid_pdrop=0.1, bos_token_id=63, eos_token_id=63, torch_dtype="float32")
LLAMA = dict(
    model_type="llama", vocab_size=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=48,
    hidden_act="silu", max_position_embeddings=64, rms_norm_eps=1e-5, rope_theta=500.0, rope_scaling=None, attention_bias=False, mlp_bias=False,
    tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, torch_dtype="float32")
VIT = dict(
    model_type="vit", image_size=16, patch_size=4, num_channels=3, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
    hidden_act="gelu", layer_norm_eps=1e-12, qkv_bias=True, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, torch_dtype="float32")
RESNET = dict(
    model_type="resnet", num_channels=3, embedding_size=8, hidden_sizes=[8, 16], depths=[2, 1], layer_type="basic", hidden_act="relu",
    downsample_in_first_stage=False, downsample_in_bottleneck=False, torch_dtype="float32")

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "?", "a", "the", "good", "bad", "film", "book", "was", "is", "not", "very", "who",
          "where", "in", "on", "house", "red", "blue", "##s", "##ed", "##ing", "play", "walk", "read", "see", "dog", "cat", "he", "she", "it", "we"]
LETTERS = {"id2label": {"0": "no", "1": "yes", "2": "perhaps"}, "label2id": {"no": 0, "yes": 1, "perhaps": 2}}
SEP = 3


class Folder:
    """Writes one model."""

    def __init__(self, root, name, config, architecture, **more):
        self.path = os.path.join(root, name)
        os.makedirs(self.path, exist_ok=True)
        self.write("config.json", json.dumps({"architectures": [architecture], **config, **more}, indent=2, sort_keys=True) + "\n")

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def weights(self, w, kind="safetensors"):
        tensors = {name: tensor.clone() for name, tensor in w.stored.items()}
        if kind == "torch":
            torch.save(tensors, os.path.join(self.path, "pytorch_model.bin"))
        elif kind == "shards":
            names = list(tensors)
            cut = len(names) // 2
            files = {"model-00001-of-00002.safetensors": names[:cut], "model-00002-of-00002.safetensors": names[cut:]}
            for file, part in files.items():
                save_safetensors(os.path.join(self.path, file), {n: tensors[n] for n in part}, {"format": "pt"})
            size = sum(t.numel() * t.element_size() for t in tensors.values())
            index = {"metadata": {"total_size": size}, "weight_map": {n: f for f, part in files.items() for n in part}}
            self.write("model.safetensors.index.json", json.dumps(index, indent=2) + "\n")
        else:
            save_safetensors(os.path.join(self.path, "model.safetensors"), tensors, {"format": "pt"})

    def oracle(self, **tensors):
        kept = {n: (t.detach().float() if t.is_floating_point() else t.to(torch.int32)) for n, t in tensors.items()}
        save_safetensors(os.path.join(self.path, "oracle.safetensors"), kept)

    def word_pieces(self):
        vocabulary = PIECES + [f"[unused{index}]" for index in range(60 - len(PIECES))]
        self.write("vocab.txt", "\n".join(vocabulary) + "\n")
        self.write("tokenizer_config.json", json.dumps({"do_lower_case": True, "model_max_length": 20, "tokenizer_class": "BertTokenizer"}, indent=2) + "\n")

    def byte_pairs(self, end):
        letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
        merges = ["t h", "th e", "\u0120 the", "i n", "o n", "\u0120 a", "e r", "r e", "\u0120 s"]
        tokens = ["!", '"', "\u0120", ".", ",", "\u010a"] + letters + [merge.replace(" ", "") for merge in merges]
        tokens += [f"<{index}>" for index in range(63 - len(tokens))] + [end]
        self.write("vocab.json", json.dumps({token: place for place, token in enumerate(tokens)}, ensure_ascii=False) + "\n")
        self.write("merges.txt", "\n".join(["#version: 0.2"] + merges) + "\n")


def texts():
    """Three texts of 9 places: a pair, one that is filled up, one of full length; with the segments and the mask that go with them."""
    ids = torch.tensor([[2, 9, 12, 14, SEP, 18, 15, 36, SEP], [2, 35, 28, 26, SEP, 0, 0, 0, 0], [2, 9, 32, 14, 17, 10, 6, 33, SEP]])
    mask = ids != 0
    before = F.pad((ids == SEP).cumsum(1)[:, :-1], (1, 0))
    return ids, (before > 0).long() * mask, mask


def make_bert(root):
    ids, types, mask = texts()

    w = Weights(1)
    folder = Folder(root, "bert-sequence", BERT, "BertForSequenceClassification", **LETTERS)
    logits = w.linear(pooled(w, bert(w, BERT, ids, types, mask)), "classifier", 3)
    labels = torch.tensor([2, 0, 1])
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    w.extra("bert.embeddings.position_ids", torch.arange(20)[None])
    folder.weights(w)
    folder.word_pieces()
    folder.oracle(ids=ids, labels=labels, logits=logits, loss=loss, **{f"gradient/{name}": tensor.grad for name, tensor in w.used.items()})

    w = Weights(2)
    folder = Folder(root, "bert-tokens", BERT, "BertForTokenClassification", **LETTERS)
    logits = w.linear(bert(w, BERT, ids, types, mask), "classifier", 3)
    folder.weights(w, "shards")
    folder.word_pieces()
    folder.oracle(ids=ids, logits=logits)

    w = Weights(3)
    folder = Folder(root, "bert-questions", BERT, "BertForQuestionAnswering")
    logits = w.linear(bert(w, BERT, ids, types, mask), "qa_outputs", 2)
    folder.weights(w, "torch")
    folder.word_pieces()
    folder.oracle(ids=ids, logits=logits)

    w = Weights(4)
    folder = Folder(root, "bert-masked", BERT, "BertForMaskedLM")
    x = bert(w, BERT, ids, types, mask)
    x = w.norm(F.gelu(w.linear(x, "cls.predictions.transform.dense", 32)), "cls.predictions.transform.LayerNorm", 1e-12)
    logits = x @ w.used["bert.embeddings.word_embeddings.weight"].T + w.get("cls.predictions.bias", (60,), 0.1)
    folder.weights(w)
    folder.word_pieces()
    folder.oracle(ids=ids, logits=logits)

    w = Weights(5)
    folder = Folder(root, "bert-base", BERT, "BertModel")
    x = bert(w, BERT, ids, types, mask, prefix="")
    pooled(w, x, prefix="")
    folder.weights(w)
    folder.word_pieces()
    folder.oracle(ids=ids, hidden=x)


def make_distilbert(root):
    ids, _, mask = texts()

    w = Weights(11)
    folder = Folder(root, "distilbert-sequence", DISTILBERT, "DistilBertForSequenceClassification", **LETTERS)
    x = distilbert(w, DISTILBERT, ids, mask)
    logits = w.linear(F.relu(w.linear(x[:, 0], "pre_classifier", 32)), "classifier", 3)
    folder.weights(w)
    folder.word_pieces()
    folder.oracle(ids=ids, logits=logits)

    w = Weights(12)
    folder = Folder(root, "distilbert-masked", DISTILBERT, "DistilBertForMaskedLM")
    x = w.norm(F.gelu(w.linear(distilbert(w, DISTILBERT, ids, mask), "vocab_transform", 32)), "vocab_layer_norm", 1e-12)
    logits = x @ w.used["distilbert.embeddings.word_embeddings.weight"].T + w.get("vocab_projector.bias", (60,), 0.1)
    folder.weights(w)
    folder.word_pieces()
    folder.oracle(ids=ids, logits=logits)


def make_decoders(root):
    ids = torch.randint(0, 64, (2, 12), generator=torch.Generator().manual_seed(9))

    w = Weights(21)
    folder = Folder(root, "gpt2", GPT2, "GPT2LMHeadModel")
    logits = gpt2(w, GPT2, ids) @ w.used["wte.weight"].T
    folder.weights(w)
    folder.byte_pairs("<|endoftext|>")
    folder.oracle(ids=ids, logits=logits)

    scaling = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)
    for name, config, architecture, seed, more in (
            ("llama", LLAMA | dict(rope_scaling=scaling), "LlamaForCausalLM", 22, {}),
            ("llama-tied", LLAMA | dict(tie_word_embeddings=True, head_dim=16, rope_scaling=dict(type="linear", factor=2.0)), "LlamaForCausalLM", 23, {}),
            ("mistral", LLAMA | dict(model_type="mistral", sliding_window=12, num_key_value_heads=1), "MistralForCausalLM", 24, dict(window=12)),
            ("qwen2", LLAMA | dict(model_type="qwen2", tie_word_embeddings=True, use_sliding_window=False), "Qwen2ForCausalLM", 25, dict(qkv_bias=True))):
        w = Weights(seed)
        folder = Folder(root, name, config, architecture)
        logits = llama(w, config, ids, **more)
        folder.weights(w)
        folder.byte_pairs("<|endoftext|>")
        folder.oracle(ids=ids, logits=logits)


def make_images(root):
    random = torch.Generator().manual_seed(31)
    normalize = dict(do_normalize=True, image_mean=[0.5, 0.4, 0.3], image_std=[0.5, 0.25, 0.2], do_rescale=True, rescale_factor=1 / 255, do_resize=True, resample=2)

    w = Weights(31)
    images = torch.randn((2, 3, 16, 16), generator=random, dtype=torch.float64)
    folder = Folder(root, "vit", VIT, "ViTForImageClassification", **LETTERS)
    logits = w.linear(vit(w, VIT, images)[:, 0], "classifier", 3)
    folder.weights(w)
    folder.write("preprocessor_config.json", json.dumps(
        dict(image_processor_type="ViTImageProcessor", size=dict(height=16, width=16), **normalize), indent=2) + "\n")
    folder.oracle(images=images.permute(0, 2, 3, 1), logits=logits)

    bottleneck = RESNET | dict(hidden_sizes=[16, 32], depths=[2, 2], layer_type="bottleneck", downsample_in_first_stage=True)
    for name, config, seed in (("resnet-basic", RESNET, 32), ("resnet-bottleneck", bottleneck, 33)):
        w = Weights(seed)
        images = torch.randn((2, 3, 33, 33), generator=random, dtype=torch.float64)
        folder = Folder(root, name, config, "ResNetForImageClassification", **LETTERS)
        logits = w.linear(resnet(w, config, images), "classifier.1", 3)
        folder.weights(w)
        folder.write("preprocessor_config.json", json.dumps(
            dict(image_processor_type="ConvNextImageProcessor", size=dict(shortest_edge=33), crop_pct=0.875, **normalize), indent=2) + "\n")
        folder.oracle(images=images.permute(0, 2, 3, 1), logits=logits)


if __name__ == "__main__":
    for make in (make_bert, make_distilbert, make_decoders, make_images):
        make(sys.argv[1])
