namespace Nabla.Tests.Golden;

/// <summary>The cases of a golden file, each with the function of Nabla that must give the same.</summary>
internal sealed class GoldenCases(string file) : Dictionary<string, Func<Tensor[], Tensor>>
{
    private readonly GoldenFile golden = new(file);

    /// <summary>Whether the functions compute in float32 alone, as layers do.</summary>
    public bool FloatsOnly { get; init; }

    /// <summary>By which share of the largest element float32 may differ.</summary>
    public double FloatTolerance { get; init; } = 2e-5;

    /// <summary>The names of the cases in the file: one that no function was given for fails.</summary>
    public TheoryData<string> Names => [.. golden.Cases];

    /// <summary>Asserts that the function of a case gives what libtorch gave, forward and backward.</summary>
    public void Verify(string name)
    {
        Assert.True(ContainsKey(name), $"Golden case '{name}' has no function to compare with.");
        golden.Verify(name, this[name], FloatsOnly, FloatTolerance);
    }

    /// <summary>Asserts that the file has a case for each function.</summary>
    public void VerifyComplete() => Assert.Equal(Keys.Order(StringComparer.Ordinal), golden.Cases.Order(StringComparer.Ordinal));
}
