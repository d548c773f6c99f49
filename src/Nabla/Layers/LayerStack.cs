using System.Globalization;

namespace Nabla.Layers;

/// <summary>Layers one after the other: what <see cref="Sequential"/> and <see cref="Chain"/> have in common.</summary>
internal sealed class LayerStack
{
    private readonly Layer[] layers;

    public LayerStack(Layer[] layers, Action<string, Layer> register)
    {
        ArgumentNullException.ThrowIfNull(layers);
        this.layers = [.. layers];
        for (int index = 0; index < layers.Length; index++)
        {
            ArgumentNullException.ThrowIfNull(layers[index], nameof(layers));
            register(NameOf(layers[index], index), layers[index]);
        }
    }

    public IReadOnlyList<Layer> Layers => layers;

    /// <summary>The name under which a layer is registered: its own, or its number.</summary>
    public static string NameOf(Layer layer, int index) => layer.Name ?? index.ToString(CultureInfo.InvariantCulture);

    public Shape OutputShape(Shape input) => layers.Aggregate(input, (shape, layer) => layer.OutputShape(shape));

    public void Build(Shape input, RandomKey key)
    {
        Shape shape = input;
        for (int index = 0; index < layers.Length; index++)
        {
            layers[index].Build(shape, key.Fold(index));
            shape = layers[index].OutputShape(shape);
        }
    }

    public long MultiplyAdds(Shape input)
    {
        long sum = 0;
        layers.Aggregate(input, (shape, layer) =>
        {
            sum += layer.MultiplyAdds(shape);
            return layer.OutputShape(shape);
        });
        return sum;
    }

    public Tensor Forward(Tensor input, ForwardContext context)
    {
        Tensor x = input;
        for (int index = 0; index < layers.Length; index++)
        {
            Tensor before = x;
            int first = index;
            // An observer wants to see what each layer gives.
            bool pairs = index + 1 < layers.Length && context.Observer is null;
            if (pairs && layers[index].ComputeInto(layers[index + 1], x) is { } ofBoth)
            {
                x = ofBoth;
                index++;
            }
            else
            {
                x = layers[index].Forward(x, context);
            }

            context = Behind(layers[first], before, x, context);
        }

        return x;
    }

    /// <summary>The lengths that a layer finds in its own input, as layers around it may ask for them.</summary>
    public Tensor? LengthsOf(Tensor input) => layers.Length > 0 ? layers[0].LengthsOf(input) : null;

    /// <summary>The pass behind a layer: lengths hold as long as the axis of time stays what it is.</summary>
    public static ForwardContext Behind(Layer layer, Tensor input, Tensor output, ForwardContext context) => layer.LengthsOf(input) is { } lengths
        ? context.WithLengths(lengths)
        : context.WithLengths(output.Rank > 2 && output.Shape[1] == input.Shape[1] ? context.Lengths : null);
}
