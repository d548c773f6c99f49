using Nabla.Cli.Reports;
using Nabla.Formats;

namespace Nabla.Cli.Files.Weights;

/// <summary>Models of llama.cpp, of which the weights are taken.</summary>
internal sealed class GgufKind : WeightFileKind
{
    /// <inheritdoc/>
    public override string Name => "gguf";

    /// <inheritdoc/>
    public override string Description => "a model of llama.cpp (.gguf)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".gguf");

    /// <inheritdoc/>
    public override void Inspect(Terminal terminal, string path, bool json)
    {
        RequireFile(path);
        using GgufFile file = GgufFile.Open(path);
        GgufReport.Print(terminal, file, json);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Read(string path) => GgufFile.ReadAll(path);
}
