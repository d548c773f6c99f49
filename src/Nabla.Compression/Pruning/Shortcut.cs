using System.Globalization;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A way around layers: without them, what comes to them goes on as it is.</summary>
/// <param name="Name">What the layers are called by.</param>
/// <param name="Place">The layer, or the <see cref="Functional"/> with a value that another stands for.</param>
/// <param name="Value">The number of that value; 0 where a whole layer goes.</param>
/// <param name="Source">The number of the value that stands for it.</param>
internal sealed record Shortcut(string Name, Layer Place, int Value = 0, int Source = 0)
{
    /// <summary>All shortcuts in layers that stand one behind the other, and in what they hold.</summary>
    public static IEnumerable<Shortcut> Of(IEnumerable<Layer> layers) => layers.SelectMany(layer => CanGo(layer) ? [new Shortcut(layer.Path, layer)] : Within(layer));

    private static bool CanGo(Layer layer) => layer is TransformerBlock || (layer is Residual && !layer.Children.ContainsKey("shortcut"));

    private static IEnumerable<Shortcut> Within(Layer layer) => layer switch
    {
        Chain chain => Of(chain.Layers),
        Functional functional => InGraph(functional),
        _ => [],
    };

    // A network of which nothing is left is none: the shortcut that would lead from its input to its output stays out.
    private static IEnumerable<Shortcut> InGraph(Functional functional)
    {
        Shortcut[] values = [.. Values(functional)];
        int end = functional.Nodes.Count;
        while (values.FirstOrDefault(shortcut => shortcut.Value == end) is { } next)
        {
            if (next.Source == 0)
            {
                values = [.. values.Where(shortcut => shortcut != next)];
                break;
            }

            end = next.Source;
        }

        return values.Concat(functional.Nodes.Where(node => node.Layer is { } layer && !CanGo(layer)).SelectMany(node => Within(node.Layer!)));
    }

    private static IEnumerable<Shortcut> Values(Functional functional)
    {
        List<Shape> shapes = [functional.InputShape!];
        for (int value = 1; value <= functional.Nodes.Count; value++)
        {
            FunctionalNode node = functional.Nodes[value - 1];
            shapes.Add(node.OutputShape(shapes, functional.Label));
            if (node.Layer is { } layer && CanGo(layer))
            {
                yield return new Shortcut(layer.Path, functional, value, node.Sources[0]);
            }
            else if (Branch(functional, node) is { } branch && shapes[branch.Source] == shapes[value])
            {
                yield return new Shortcut(NameOf(functional, branch.End, value), functional, value, branch.Source);
            }
        }
    }

    // Two values are added of which one comes from the other.
    private static (int Source, int End)? Branch(Functional functional, FunctionalNode node)
    {
        if (node.Layer is not null || node.Kind != JoinKind.Add || node.Sources.Count != 2)
        {
            return null;
        }

        (int source, int end) = (node.Sources.Min(), node.Sources.Max());
        return source < end && ComesFrom(functional, end, source) ? (source, end) : null;
    }

    private static bool ComesFrom(Functional functional, int value, int source)
    {
        HashSet<int> reached = [value];
        for (int place = value; place > source; place--)
        {
            if (reached.Contains(place))
            {
                reached.UnionWith(functional.Nodes[place - 1].Sources);
            }
        }

        return reached.Contains(source);
    }

    private static string NameOf(Functional functional, int end, int sum) => functional.Nodes[end - 1].Layer?.Path
        ?? string.Create(CultureInfo.InvariantCulture, $"{functional.Path}.{sum}");
}
