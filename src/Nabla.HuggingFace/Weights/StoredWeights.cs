using Nabla.Formats;

namespace Nabla.HuggingFace;

/// <summary>The tensors of a model folder: safetensors or PyTorch's, in one file or several.</summary>
/// <param name="Path">The file that was read, or the index of several.</param>
/// <param name="Tensors">The tensors by name.</param>
/// <param name="Outlines">What stands for values when the headers alone were read; null when the tensors have theirs.</param>
internal sealed record StoredWeights(string Path, IReadOnlyDictionary<string, Tensor> Tensors, TensorOutlines? Outlines)
{
    /// <summary>The file that is written.</summary>
    public const string File = "model.safetensors";

    private static readonly (string Name, Func<string, IReadOnlyDictionary<string, Tensor>> Read, Func<string, IReadOnlyList<StoredTensor>> List)[] Known =
    [
        (File, Safetensors.Read, Safetensors.List),
        ($"{File}.index.json", ShardedSafetensors.Read, ShardedSafetensors.List),
        ("pytorch_model.bin", TorchFile.Read, TorchFile.List),
        ("pytorch_model.bin.index.json", TorchFile.ReadSharded, TorchFile.ListSharded),
    ];

    /// <summary>What the tensors take: as much as a network that is made of them may take.</summary>
    public long ByteCount => Tensors.Values.Sum(tensor => (long)tensor.Type.ByteCount);

    /// <summary>Reads the first of the files that a folder has.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="outlines">What is to stand for values, so that the headers alone are read; null to read the values.</param>
    /// <exception cref="InvalidFileException">There is none, or it is damaged.</exception>
    public static StoredWeights Read(string folder, TensorOutlines? outlines = null)
    {
        foreach ((string name, Func<string, IReadOnlyDictionary<string, Tensor>> read, Func<string, IReadOnlyList<StoredTensor>> list) in Known)
        {
            string path = System.IO.Path.Combine(folder, name);
            if (System.IO.File.Exists(path))
            {
                return new StoredWeights(path, outlines is null ? read(path) : outlines.Of(list(path)), outlines);
            }
        }

        throw new InvalidFileException(folder, FilePosition.None, $"expected a folder with one of {string.Join(", ", Known.Select(file => file.Name))}, got none of them");
    }
}
