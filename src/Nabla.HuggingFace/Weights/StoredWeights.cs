using Nabla.Formats;

namespace Nabla.HuggingFace;

/// <summary>The tensors of a model folder: safetensors or PyTorch's, in one file or several.</summary>
/// <param name="Path">The file that was read, or the index of several.</param>
/// <param name="Tensors">The tensors by name.</param>
internal sealed record StoredWeights(string Path, IReadOnlyDictionary<string, Tensor> Tensors)
{
    /// <summary>The file that is written.</summary>
    public const string File = "model.safetensors";

    private static readonly (string Name, Func<string, IReadOnlyDictionary<string, Tensor>> Read)[] Known =
    [
        (File, Safetensors.Read),
        ($"{File}.index.json", ShardedSafetensors.Read),
        ("pytorch_model.bin", TorchFile.Read),
        ("pytorch_model.bin.index.json", TorchFile.ReadSharded),
    ];

    /// <summary>What the tensors take: as much as a network that is made of them may take.</summary>
    public long ByteCount => Tensors.Values.Sum(tensor => (long)tensor.Type.ByteCount);

    /// <summary>Reads the first of the files that a folder has.</summary>
    /// <exception cref="InvalidFileException">There is none, or it is damaged.</exception>
    public static StoredWeights Read(string folder)
    {
        foreach ((string name, Func<string, IReadOnlyDictionary<string, Tensor>> read) in Known)
        {
            string path = System.IO.Path.Combine(folder, name);
            if (System.IO.File.Exists(path))
            {
                return new StoredWeights(path, read(path));
            }
        }

        throw new InvalidFileException(folder, FilePosition.None, $"expected a folder with one of {string.Join(", ", Known.Select(file => file.Name))}, got none of them");
    }
}
