using System.Globalization;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>What is asked of a case: how many times faster than the best peer it must be, and what it may reach beyond.</summary>
/// <param name="Case">The name of the case.</param>
/// <param name="Variant">Which size of it.</param>
/// <param name="Title">What the table calls it.</param>
/// <param name="Least">How many times faster at least.</param>
/// <param name="Stretch">What would be better still.</param>
internal sealed record Target(string Case, string Variant, string Title, double Least, double? Stretch = null)
{
    /// <summary>As in <c>5 (8)</c>.</summary>
    public string Text => Stretch is { } stretch
        ? string.Create(CultureInfo.InvariantCulture, $"{Least:0.##} ({stretch:0.##})")
        : Least.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>The targets of this release. Times that must be at most a share of the peer's stand here as how many times faster that is.</summary>
internal static class Targets
{
    public static IReadOnlyList<Target> All { get; } =
    [
        new("gemm", "256", "product 256x256x256", 1.05),
        new("gemm", "512", "product 512x512x512", 1.05),
        new("gemm", "1024", "product 1024x1024x1024", 1.05),
        new("gemm", "2048", "product 2048x2048x2048", 1.05),
        new("gemm", "64x1600x64", "product 64x1600x64", 1.05),
        new("gemm", "64x784x128", "product 64x784x128", 1.05),
        new("gemm", "2048x256x1024", "product 2048x256x1024", 1.05),
        new("gemm", "25600x288x64", "product 25600x288x64", 1.05),
        new("cnn", "batch of 64, compiled", "digits CNN, training, batch 64", 5, 8),
        new("inference", "batch of 64, compiled", "digits CNN, inference, batch 64", 2, 3.2),
        new("inference", "batch of 1, compiled", "digits CNN, inference, batch 1", 1 / 0.65, 2),
        new("mlp", "training, batch of 128, compiled", "MLP 784-512-512-10, training, batch 128", 1.4),
        new("resnet", "training, batch of 32", "ResNet-18, training, batch 32", 1.2, 1.5),
        new("resnet", "inference, batch of 32", "ResNet-18, inference, batch 32", 1.4, 1.8),
        new("resnet", "inference, batch of 1", "ResNet-18, inference, batch 1", 1 / 0.8),
        new("transformer", "training, batch of 16", "Transformer encoder, training, batch 16", 1.6),
        new("transformer", "inference, batch of 16", "Transformer encoder, inference, batch 16", 1.1),
        new("transformer", "inference, batch of 1", "Transformer encoder, inference, batch 1", 1.1),
        new("lstm", "training, batch of 64", "LSTM 100 x 128, training, batch 64", 1.3, 1.6),
        new("lstm", "inference, batch of 1", "LSTM 100 x 128, inference, batch 1", 1 / 0.5),
        .. Elementwise("relu", "add", "multiply", "exp", "sigmoid", "tanh", "gelu", "gelu tanh"),
        new("softmax", "sum of rows 64x1024", "sum of rows, 64K", 1),
        new("softmax", "sum of rows 4096x4096", "sum of rows, 16M", 1),
        new("softmax", "sum of columns 64x1024", "sum of columns, 64K", 1),
        new("softmax", "sum of columns 4096x4096", "sum of columns, 16M", 1),
        new("softmax", "softmax 4096x1000", "softmax 4096x1000", 1),
        new("softmax", "log-softmax 4096x1000", "log-softmax 4096x1000", 1),
        new("normalization", "layer norm [4096, 1024] forward", "layer norm 4096x1024", 1),
        new("normalization", "layer norm [4096, 1024] forward and backward", "layer norm 4096x1024, forward and backward", 1),
        new("adam", "one parameter of 10 million", "Adam, 10 million numbers", 1),
    ];

    /// <summary>The target of a case, and whether it was met; two empty cells where there is none.</summary>
    public static string Judge(Outcome outcome) => Of(outcome) is { } target
        ? $"{target.Text}\t{Verdict(outcome.Best.Ratio, target)}"
        : "\t";

    /// <summary>Whether a ratio is what was asked.</summary>
    public static string Verdict(double ratio, Target target) => Math.Round(ratio, 2) >= Math.Round(target.Least, 2) ? "met" : "not met";

    private static Target? Of(Outcome outcome) => All.FirstOrDefault(target => target.Case == outcome.Case && target.Variant == outcome.Variant);

    private static IEnumerable<Target> Elementwise(params string[] functions) => functions.SelectMany(function => new[]
    {
        new Target("elementwise", $"{function} 64x1024", $"{function}, 64K", 1),
        new Target("elementwise", $"{function} 4096x4096", $"{function}, 16M", 1),
    });
}
