namespace Nabla.Formats;

/// <summary>Takes the values of features.</summary>
internal interface IFeatureSink
{
    /// <summary>A feature that is a number.</summary>
    /// <param name="feature">Its place among the features.</param>
    /// <param name="value">The number.</param>
    void Number(int feature, double value);

    /// <summary>A feature that is a category.</summary>
    /// <param name="feature">Its place among the features.</param>
    /// <param name="category">The place among its categories.</param>
    void Category(int feature, int category);
}

/// <summary>A feature that a reader gives.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Categories">Its categories; null for a number.</param>
internal sealed record Feature(string Name, IReadOnlyList<string>? Categories = null);

/// <summary>Reads features off rows of an input or output.</summary>
internal abstract class FeatureReader
{
    /// <summary>What it gives, in order.</summary>
    public abstract IReadOnlyList<Feature> Features { get; }

    /// <summary>Reads one row.</summary>
    /// <param name="row">The elements of the row, as they lie in memory.</param>
    /// <param name="sink">Takes the values.</param>
    public abstract void Read(ReadOnlySpan<byte> row, IFeatureSink sink);
}
