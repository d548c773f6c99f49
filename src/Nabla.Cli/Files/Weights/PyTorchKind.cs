using Nabla.Formats;

namespace Nabla.Cli.Files.Weights;

/// <summary>State dictionaries of PyTorch.</summary>
internal sealed class PyTorchKind : WeightFileKind
{
    /// <inheritdoc/>
    public override string Name => "pytorch";

    /// <inheritdoc/>
    public override string Description => "a state dictionary of PyTorch (.pt, .pth, .bin)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".pt", ".pth", ".bin");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Read(string path) => TorchFile.Read(path);
}
