namespace Nabla.Layers;

/// <summary>The groups that the channels of a convolution are cut into.</summary>
internal static class Grouping
{
    /// <summary>The number of filters if there is one at least and the groups divide it.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static int Checked(int filters, int groups)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(filters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        return filters % groups == 0
            ? filters
            : throw new ArgumentException($"A convolution in {groups} groups expects a multiple of {groups} filters but got {filters}.");
    }
}
