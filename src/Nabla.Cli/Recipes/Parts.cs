using Nabla.Cli.Commands;
using Nabla.Data;

namespace Nabla.Cli.Recipes;

/// <summary>Something for each of the three parts that data is split into.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">To see in time when learning turns into memorising.</param>
/// <param name="Test">To be judged by, once, at the end.</param>
internal sealed record Parts<T>(T Train, T Validation, T Test)
{
    /// <summary>Each part through a function.</summary>
    public Parts<TResult> Map<TResult>(Func<T, TResult> function) => new(function(Train), function(Validation), function(Test));

    /// <summary>How many samples the three parts have together.</summary>
    public int Count(Func<T, int> count) => count(Train) + count(Validation) + count(Test);
}

/// <summary>Splits data.</summary>
internal static class Parts
{
    /// <summary>The share of the samples that validate, and as many again that test.</summary>
    public const double Share = 0.1;

    private const int FewestSamples = 10;

    /// <summary>Draws the three parts from the numbers below a count.</summary>
    /// <param name="count">How many samples there are.</param>
    /// <param name="limit">How many of them to use; null for all.</param>
    /// <param name="seed">What decides the draw.</param>
    /// <param name="what">What the samples are, for the error.</param>
    /// <exception cref="UsageException">There are too few.</exception>
    public static Parts<int[]> Draw(int count, int? limit, long seed, string what)
    {
        int[] used = Limit(count, limit, seed);
        if (used.Length < FewestSamples)
        {
            throw new UsageException($"{what}: expected at least {FewestSamples} to learn from, validate with and test on, got {used.Length}.");
        }

        (int[] test, int[] rest) = Dataset.SplitIndices(used.Length, Share, seed);
        (int[] validation, int[] train) = Dataset.SplitIndices(rest.Length, Share / (1 - Share), seed);
        return new Parts<int[]>(
            Array.ConvertAll(train, index => used[rest[index]]),
            Array.ConvertAll(validation, index => used[rest[index]]),
            Array.ConvertAll(test, index => used[index]));
    }

    /// <summary>Some of the numbers below a count, drawn at random; all when the limit is not below it.</summary>
    public static int[] Limit(int count, int? limit, long seed) => limit < count
        ? Dataset.SplitIndices(count, (double)limit.Value / count, seed).First
        : [.. Enumerable.Range(0, count)];
}
