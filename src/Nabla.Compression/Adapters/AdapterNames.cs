using Nabla.Formats;

namespace Nabla.Compression;

/// <summary>
/// How PEFT calls and lays out the matrices of an update: <c>lora_A [rank, inputs]</c> and <c>lora_B [outputs, rank]</c> of a weight with two axes,
/// <c>[rank, inputs, height, width]</c> and <c>[outputs, rank, 1, 1]</c> of a convolution's, of which ours are the transposes, channels last.
/// </summary>
internal static class AdapterNames
{
    public const string Down = "lora_A.weight";
    public const string Up = "lora_B.weight";
    public const string Magnitude = "lora_magnitude_vector";

    /// <summary>What stands before the names of all modules.</summary>
    public const string Prefix = "base_model.model.";

    private const string Kernel = ".kernel";

    // As modules have it in memory.
    private const string OtherMagnitude = $"{Magnitude}.weight";

    /// <summary>The module of a weight, as PEFT counts modules: a kernel stands for the layer that has it.</summary>
    public static string ModuleOf(string weight) => weight.EndsWith(Kernel, StringComparison.Ordinal) ? weight[..^Kernel.Length] : weight;

    /// <summary>The full name of a matrix.</summary>
    public static string Of(string weight, string matrix) => $"{Prefix}{ModuleOf(weight)}.{matrix}";

    /// <summary>The module that a matrix belongs to; null when the name is none of an update.</summary>
    public static string? ModuleOfMatrix(string name)
    {
        string? matrix = new[] { Down, Up, Magnitude, OtherMagnitude }.FirstOrDefault(matrix => name.EndsWith($".{matrix}", StringComparison.Ordinal));
        return matrix is not null && name.StartsWith(Prefix, StringComparison.Ordinal) && name.Length > Prefix.Length + matrix.Length + 1
            ? name[Prefix.Length..^(matrix.Length + 1)]
            : null;
    }

    /// <summary>The full name of the lengths of a weight's columns, which files have in two ways.</summary>
    public static string MagnitudeIn(SafetensorsFile file, string weight) =>
        file.ContainsKey(Of(weight, OtherMagnitude)) ? Of(weight, OtherMagnitude) : Of(weight, Magnitude);

    /// <summary>A kernel <c>[taps ..., inputs, outputs]</c> as PEFT has it, <c>[outputs, inputs, taps ...]</c>.</summary>
    public static Tensor KernelToPeft(Tensor kernel) => kernel.Transpose(OutwardAxes(kernel.Shape.Rank));

    /// <summary>A kernel of PEFT's as ours.</summary>
    public static Tensor KernelFromPeft(Tensor kernel) => kernel.Transpose(InwardAxes(kernel.Shape.Rank));

    /// <summary>The shape of a kernel as PEFT has it.</summary>
    public static Shape PeftKernel(Shape kernel) => [kernel[-1], kernel[-2], .. kernel.Take(kernel.Rank - 2)];

    /// <summary>Our first matrix, <c>[inputs, rank]</c>, as PEFT has it.</summary>
    public static Tensor DownToPeft(Tensor down, Shape weight)
    {
        int rank = down.Shape[1];
        return weight.Rank == 2 ? down.Transpose() : down.Reshape([.. weight.Take(weight.Rank - 1), rank]).Transpose(OutwardAxes(weight.Rank));
    }

    /// <summary>Our second matrix, <c>[rank, outputs]</c>, as PEFT has it.</summary>
    public static Tensor UpToPeft(Tensor up, Shape weight) => weight.Rank == 2 ? up.Transpose() : up.Transpose().Reshape(PeftUp(weight, up.Shape[0]).AsSpan());

    /// <summary>PEFT's first matrix as ours.</summary>
    public static Tensor DownFromPeft(Tensor down, Shape weight) =>
        weight.Rank == 2 ? down.Transpose() : down.Transpose(InwardAxes(weight.Rank)).Reshape(-1, down.Shape[0]);

    /// <summary>PEFT's second matrix as ours.</summary>
    public static Tensor UpFromPeft(Tensor up, Shape weight) => (weight.Rank == 2 ? up : up.Reshape(up.Shape[0], up.Shape[1])).Transpose();

    /// <summary>The shape of PEFT's first matrix for a weight of ours.</summary>
    public static Shape PeftDown(Shape weight, int rank) => [rank, weight[-2], .. weight.Take(weight.Rank - 2)];

    /// <summary>The shape of PEFT's second matrix for a weight of ours.</summary>
    public static Shape PeftUp(Shape weight, int rank) => [weight[-1], rank, .. Enumerable.Repeat(1, weight.Rank - 2)];

    // [taps ..., inputs, rank] -> [rank, inputs, taps ...] and back.
    private static int[] OutwardAxes(int rank) => [rank - 1, rank - 2, .. Enumerable.Range(0, rank - 2)];

    private static int[] InwardAxes(int rank) => [.. Enumerable.Range(2, rank - 2), 1, 0];
}
