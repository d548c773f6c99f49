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
                if (TensorDifference.Find(ours[index], comparable.ToNabla(), duel.Tolerance) is { } difference)
                {
                    return $"answer {index} of call {call}: {difference}";
                }
            }

            Array.ForEach(theirs, answer => answer.Dispose());
        }

        return null;
    }
}
