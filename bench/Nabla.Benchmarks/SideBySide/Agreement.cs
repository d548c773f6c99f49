using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>Whether both sides of a duel answer the same: a fast wrong answer is worth nothing.</summary>
internal static class Agreement
{
    /// <summary>What is wrong, or null if the answers agree.</summary>
    public static string? Difference(Duel duel)
    {
        for (int call = 1; call <= duel.ComparedCalls; call++)
        {
            Tensor[] ours = duel.Nabla();
            torch.Tensor[] theirs = duel.Libtorch();
            if (ours.Length != theirs.Length)
            {
                return $"Nabla gave {ours.Length} tensors, libtorch {theirs.Length}.";
            }

            for (int index = 0; index < ours.Length; index++)
            {
                torch.Tensor comparable = index < duel.Layouts.Length ? duel.Layouts[index](theirs[index]) : theirs[index];
                if (Difference(ours[index], comparable.ToNabla(), duel.Tolerance) is { } difference)
                {
                    return $"answer {index} of call {call}: {difference}";
                }
            }

            Array.ForEach(theirs, answer => answer.Dispose());
        }

        return null;
    }

    private static string? Difference(Tensor ours, Tensor theirs, double tolerance)
    {
        if (ours.Shape != theirs.Shape)
        {
            return $"Nabla gave shape {ours.Shape}, libtorch {theirs.Shape}.";
        }

        double[] a = ours.To(DataType.Float64).ToArray<double>(), b = theirs.To(DataType.Float64).ToArray<double>();
        double allowed = tolerance * b.Select(Math.Abs).DefaultIfEmpty().Max();
        int at = 0;
        while (at < a.Length && Math.Abs(a[at] - b[at]) <= allowed)
        {
            at++;
        }

        return at == a.Length ? null : FormattableString.Invariant($"element {at} of {ours.Shape}: Nabla {a[at]:R}, libtorch {b[at]:R}, allowed difference {allowed:E1}.");
    }
}
