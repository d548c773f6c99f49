using System.Text.Json.Nodes;
using Nabla.Ops.Products;

namespace Nabla.Layers;

/// <summary>A module whose output shape follows from its input shape, and which makes its parameters when it learns that shape.</summary>
/// <example>
/// <code>
/// Dense head = new(10, ActivationKind.Softmax) { Name = "head" };
/// </code>
/// </example>
public abstract class Layer : Module
{
    /// <summary>What model files call the bits of weights in few bits.</summary>
    internal const string BitsField = "weightBits";

    /// <summary>What model files call the inputs that share a scale.</summary>
    internal const string GroupField = "weightGroup";

    private string? name;
    private WeightGrouping? grouping;
    private Func<string, TensorType, Tensor>? stored;

    /// <summary>A name of one's own, which dotted names of parameters and errors show instead of the layer's number; null for none.</summary>
    /// <exception cref="ArgumentException">The name is not letters, digits, <c>_</c> and <c>-</c> that begin with a letter.</exception>
    public string? Name
    {
        get => name;
        init => name = Checked(value);
    }

    /// <summary>The type of the inputs: floating-point numbers but for layers that take indices.</summary>
    public virtual DataType InputType => DataType.Float32;

    /// <summary>The shape of one input, without the batch; null until built.</summary>
    public Shape? InputShape { get; private set; }

    private protected override string GivenName => Name ?? string.Empty;

    private protected override Func<string, TensorType, Tensor?>? Stored => stored ?? base.Stored;

    private protected override WeightGrouping? WeightGroups => grouping ?? base.WeightGroups;

    /// <summary>The shape of one output, without the batch.</summary>
    /// <param name="input">The shape of one input, without the batch.</param>
    /// <exception cref="ArgumentException">The layer does not take such inputs.</exception>
    public abstract Shape OutputShape(Shape input);

    /// <summary>Makes the parameters for inputs of a shape.</summary>
    /// <param name="input">The shape of one input, without the batch.</param>
    /// <param name="key">Where initial values come from.</param>
    /// <exception cref="InvalidOperationException">The layer was built already.</exception>
    public void Build(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (InputShape is not null)
        {
            throw new InvalidOperationException($"{Label} was built already, for {Batched(InputShape)}: a layer has one place in one network.");
        }

        OutputShape(input);
        InputShape = input;
        CreateParameters(input, key);
        stored = null;
    }

    /// <summary>
    /// The int32 lengths <c>[batch]</c> of sequences that were filled up, where a layer can tell them from its input; else null. The layers behind it find
    /// them in <see cref="ForwardContext.Lengths"/>.
    /// </summary>
    internal virtual Tensor? LengthsOf(Tensor input) => null;

    /// <summary>The multiply-adds that one input costs.</summary>
    /// <param name="input">The shape of one input, without the batch.</param>
    public virtual long MultiplyAdds(Shape input) => 0;

    /// <summary>The multiply-adds that one input costs in the layer itself, without those of the layers within.</summary>
    internal virtual long OwnMultiplyAdds(Shape input) => Children.Count == 0 ? MultiplyAdds(input) : 0;

    /// <summary>The attributes, for the model file.</summary>
    public abstract JsonObject Describe();

    /// <summary>Makes the parameters; a layer without any does nothing.</summary>
    /// <param name="input">The shape of one input, without the batch.</param>
    /// <param name="key">Where initial values come from.</param>
    protected virtual void CreateParameters(Shape input, RandomKey key)
    {
    }

    /// <summary>The shape of a batch of such samples as text, for errors: <c>[batch, 28, 28, 1]</c>.</summary>
    protected internal static string Batched(Shape sample) => $"[{string.Join(", ", new[] { "batch" }.Concat(sample.Select(size => $"{size}")))}]";

    /// <summary>The error about an input shape, without the batch, that the layer does not take.</summary>
    /// <param name="expected">What it takes, such as <c>[batch, features]</c>.</param>
    /// <param name="sample">What came.</param>
    /// <param name="advice">What to do, if that is clear.</param>
    protected ArgumentException Unfit(string expected, Shape sample, string? advice = null) =>
        new($"{Label} expects {expected} but got {Batched(sample)}{(advice is null ? "." : $": {advice}.")}");

    /// <summary>The error about an input that the layer does not take.</summary>
    /// <param name="expected">What it takes, such as <c>[batch, 128]</c>.</param>
    /// <param name="input">What came.</param>
    protected ArgumentException Unfit(string expected, Tensor input) => new($"{Label} expects {expected} but got {input?.Shape}.");

    /// <summary>What the layer made when it was built.</summary>
    /// <exception cref="InvalidOperationException">It was not built yet.</exception>
    protected T Built<T>(T? made)
        where T : class => made
            ?? throw new InvalidOperationException($"{Label} has no parameters yet: build it for an input shape, or put it into a Sequential.");

    /// <summary>The output of the layer behind this one, computed with this one's in one go; null when the two do not go together so.</summary>
    internal virtual Tensor? ComputeInto(Layer next, Tensor input) => null;

    /// <summary>The attributes that layers of several kinds have, for the model file.</summary>
    internal virtual JsonObject DescribeOptions() => new() { ["name"] = name, [BitsField] = grouping?.Bits, [GroupField] = grouping?.Group };

    /// <summary>Takes the attributes that layers of several kinds have from a model file.</summary>
    internal virtual void Restore(JsonAttributes attributes)
    {
        name = Checked(attributes.Text("name"));
        stored = attributes.Stored;
        grouping = GroupingIn(attributes);
    }

    private static WeightGrouping? GroupingIn(JsonAttributes attributes)
    {
        if (attributes.OptionalInteger(BitsField) is not { } bits)
        {
            return null;
        }

        int group = attributes.Integer(GroupField);
        return bits is not (4 or 8) ? throw attributes.Error(BitsField, "4 or 8")
            : group % 2 != 0 || group > GroupedFormat.LargestGroup ? throw attributes.Error(GroupField, $"an even number up to {GroupedFormat.LargestGroup}")
            : new WeightGrouping(bits, group);
    }

    private string? Checked(string? text) => text is null
        || (text.Length > 0 && char.IsLetter(text[0]) && text.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-'))
            ? text
            : throw new ArgumentException($"{Kind} expects a name of letters, digits, _ and - that begins with a letter, but got '{text}'.", nameof(Name));
}
