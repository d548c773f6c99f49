using Nabla.Cli.Commands;

namespace Nabla.Cli.Files.Comparing;

/// <summary>
/// An input that two models have in common, in the layout of the first. Images may stand in the order of channels, rows and columns in one of them, and of
/// rows, columns and channels in the other.
/// </summary>
internal sealed class InputPair
{
    private const int UsualBatch = 2;
    private const int UsualSize = 16;
    private const int UsualBelow = 2;

    private static readonly int[] ToChannelsFirst = [0, 3, 1, 2];
    private static readonly int[] ToChannelsLast = [0, 2, 3, 1];

    private readonly string name;
    private readonly Shape shape;
    private readonly DataType type;
    private readonly DataType otherType;
    private readonly int below;

    private InputPair(RunnableInput first, RunnableInput second, Shape shape, int[]? axes)
    {
        (name, this.shape, Axes) = (first.Name, shape, axes);
        type = first.Type ?? second.Type ?? DataType.Float32;
        otherType = second.Type ?? type;
        below = Math.Min(first.Below ?? int.MaxValue, second.Below ?? int.MaxValue) is < int.MaxValue and int known ? known : UsualBelow;
    }

    /// <summary>The order in which the second model has the axes; null where it is that of the first.</summary>
    public int[]? Axes { get; }

    /// <summary>What the numbers are drawn from, for people.</summary>
    public string Description => $"{name} {type.Label} {shape}{(type.IsFloating ? "" : $", whole numbers below {below}")}"
        + (Axes is null ? "" : ", turned to the other's order of channels");

    /// <summary>The inputs of two models in pairs.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public static InputPair[] Of(RunnableModel a, RunnableModel b)
    {
        if (a.Inputs.Count != b.Inputs.Count)
        {
            throw new UsageException($"{a.Name} has {a.Inputs.Count} inputs and {b.Name} has {b.Inputs.Count}: expected as many.");
        }

        bool byName = a.Inputs.Select(input => input.Name).ToHashSet().SetEquals(b.Inputs.Select(input => input.Name));
        return [.. a.Inputs.Select((input, index) => Of(input, byName ? b.Inputs.Single(other => other.Name == input.Name) : b.Inputs[index]))];
    }

    /// <summary>Random inputs, as the first model takes them.</summary>
    public static IEnumerable<Tensor[]> Batches(InputPair[] pairs, RandomKey key, int count) =>
        Enumerable.Range(0, count).Select(run => pairs.Select((pair, index) => pair.Draw(key.Fold(run).Fold(index))).ToArray());

    /// <summary>Random numbers of a key: of the standard normal distribution, or whole ones as far as the models know them.</summary>
    public Tensor Draw(RandomKey key) => type switch
    {
        { IsFloating: true } => key.Normal(shape, dataType: type),
        DataType.Bool => key.Integers(shape, 0, 2).To(DataType.Bool),
        _ => key.Integers(shape, 0, below, DataType.Int64).To(type),
    };

    /// <summary>A given tensor as the first model takes it.</summary>
    public Tensor ForFirst(Tensor tensor) => tensor.To(type);

    /// <summary>The same for the second model.</summary>
    public Tensor ForSecond(Tensor tensor) => (Axes is null ? tensor : tensor.Transpose(Axes)).To(otherType);

    private static InputPair Of(RunnableInput a, RunnableInput b)
    {
        int[] dimensions = a.Dimensions ?? b.Dimensions ?? throw new UsageException($"neither model says what shape '{a.Name}' has: give it by --input FILE.");
        int[] others = b.Dimensions ?? dimensions;
        foreach (int[]? axes in new[] { null, ToChannelsFirst, ToChannelsLast })
        {
            if (Joined(dimensions, others, axes) is { } sizes)
            {
                return new InputPair(a, b, sizes, axes);
            }
        }

        throw new UsageException($"input '{a.Name}' {Show(dimensions)} does not go together with '{b.Name}' {Show(others)}.");
    }

    // The sizes that both take, where the second has the axes in some order.
    private static Shape? Joined(int[] first, int[] second, int[]? axes)
    {
        if (first.Length != second.Length || (axes is not null && axes.Length != first.Length))
        {
            return null;
        }

        int[] sizes = new int[first.Length];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int source = axes?[axis] ?? axis;
            (int one, int other) = (first[source], second[axis]);
            if (one >= 0 && other >= 0 && one != other)
            {
                return null;
            }

            sizes[source] = Math.Max(one, other) is >= 0 and int known ? known : source == 0 ? UsualBatch : UsualSize;
        }

        return sizes;
    }

    private static string Show(int[] dimensions) => $"[{string.Join(", ", dimensions.Select(size => size < 0 ? "?" : $"{size}"))}]";
}
