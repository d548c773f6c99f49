using Nabla.Peers;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>Whether all sides of a duel answer the same: a fast wrong answer is worth nothing.</summary>
internal static class Agreement
{
    /// <summary>What is wrong, or null if the answers agree.</summary>
    public static string? Difference(Duel duel)
    {
        for (int call = 1; call <= duel.ComparedCalls; call++)
        {
            Tensor[] ours = (duel.Answer ?? duel.Nabla)();
            foreach (Rival rival in duel.Rivals)
            {
                if (Difference(ours, rival.Answer(), duel.Tolerance) is { } difference)
                {
                    return $"{rival.Name}, call {call}: {difference}";
                }
            }
        }

        return null;
    }

    private static string? Difference(Tensor[] ours, Tensor[] theirs, double tolerance) => ours.Length != theirs.Length
        ? $"Nabla gave {ours.Length} tensors, the peer {theirs.Length}."
        : ours.Select((answer, index) => TensorDifference.Find(answer, theirs[index], tolerance) is { } difference ? $"answer {index}: {difference}" : null)
            .FirstOrDefault(difference => difference is not null);
}
