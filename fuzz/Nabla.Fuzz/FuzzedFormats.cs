using Nabla.Data;
using Nabla.Formats;
using Nabla.HuggingFace;
using Nabla.Keras;
using Nabla.Onnx;
using Nabla.TensorBoard;
using Nabla.Text;
using Nabla.Text.QuestionAnswering;
using Nabla.Text.Stories;
using Nabla.Training;
using Nabla.Vision;

namespace Nabla.Fuzz;

/// <summary>Every kind of file that the library reads. A new one is a line here and a folder of small good files in <c>fuzz/corpus</c>.</summary>
public static class FuzzedFormats
{
    private static readonly ImagePreprocessing Pixels = new() { Height = 4, Width = 4, Channels = 3 };

    /// <summary>The table.</summary>
    public static IReadOnlyList<FuzzedFormat> All { get; } =
    [
        new("safetensors", "x.safetensors", path => Safetensors.Read(path)),
        new("safetensors-index", "model.safetensors.index.json", path => ShardedSafetensors.Read(path)),
        new("torch", "x.pt", path => TorchFile.Read(path)),
        new("torch-index", "pytorch_model.bin.index.json", path => TorchFile.ReadSharded(path)),
        new("gguf", "x.gguf", path => GgufFile.ReadAll(path)),
        new("npy", "x.npy", path => Npy.Read(path)),
        new("npz", "x.npz", path => Npz.Read(path)),
        new("model-archive", "x.nabla", path => ModelFolder.Load(path)),
        new("model-json", "model.json", path => ModelFolder.Load(Path.GetDirectoryName(path)!)),
        new("signature", "model.sig", path => ModelSigning.Verify(Path.GetDirectoryName(path)!, [ReferenceKey.Public])),
        new("graph-json", "graph.json", path => ModelFolder.LoadGraph(Path.GetDirectoryName(path)!)),
        new("graph-model-json", "model.json", path => ModelFolder.LoadGraph(Path.GetDirectoryName(path)!)),
        new("checkpoint", "checkpoint.safetensors", path => Checkpoint.Load(path)),
        new("onnx", "x.onnx", path => OnnxModel.Load(path), typeof(NotSupportedException)),
        new("keras", "x.keras", path => KerasFile.Load(path)),
        new("keras-hdf5", "x.h5", path => KerasFile.Load(path)),
        new("keras-weights", "x.weights.h5", path => KerasFile.ReadTensors(path)),
        new("huggingface-config", "config.json", path => AutoModel.FromPretrained(Path.GetDirectoryName(path)!)),
        new("huggingface-tokenizer", "tokenizer_config.json", path => AutoModel.FromPretrained(Path.GetDirectoryName(path)!)),
        new("huggingface-vocabulary", "vocab.txt", path => AutoModel.FromPretrained(Path.GetDirectoryName(path)!)),
        new("events", "x.tfevents", path => EventFile.Load(path)),
        new("tokenizer-json", "tokenizer.json", path => TokenizerFiles.Load(path)),
        new("tokenizer-bert", "vocab.txt", path => TokenizerFiles.Load(path)),
        new("tokenizer-gpt2", "encoder.json", path => TokenizerFiles.Load(path)),
        new("tokenizer-merges", "vocab.bpe", path => TokenizerFiles.Load(path)),
        new("sentencepiece", "x.model", path => TokenizerFiles.Load(path)),
        new("tiktoken", "cl100k_base.tiktoken", path => TokenizerFiles.Load(path)),
        new("idx", "x-idx3-ubyte", path => IdxReader.Read(path)),
        new("csv", "x.csv", path => CsvTable.Read(path)),
        new("image", "x.png", path => ImageReader.Read(path, Pixels)),
        new("squad", "x.json", path => PassageSet.Read(path)),
        new("stories", "x.txt", path => StoryFile.Read(path)),
        new("labelled-texts", "x.csv", path => LabeledTexts.Read(path)),
        new("parallel-texts", "x.txt", path => ParallelTexts.Read(path)),
    ];

    /// <summary>The format of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public static FuzzedFormat Named(string name) => All.FirstOrDefault(format => format.Name == name)
        ?? throw new ArgumentException($"There is no format '{name}'; there are {string.Join(", ", All.Select(format => format.Name))}.", nameof(name));
}
