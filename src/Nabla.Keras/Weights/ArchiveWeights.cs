using System.Globalization;
using Nabla.Keras.Hdf5;
using Nabla.Keras.Layers;

namespace Nabla.Keras.Weights;

/// <summary>
/// Finds weights as Keras 3 stores them, <c>layers/dense_1/vars/0</c>, where a group has the class of its layer and a number; Keras 2.13 to 2.15 call
/// the first part otherwise and count otherwise.
/// </summary>
internal static class ArchiveWeights
{
    private const int Deepest = 16;
    private static readonly string[] Containers = ["layers", "_layer_checkpoint_dependencies"];

    /// <summary>The group that holds the layers of a model; null when there is none.</summary>
    public static Hdf5Group? Container(Hdf5Group model) => Containers.Select(model.Group).FirstOrDefault(group => group is not null);

    /// <summary>Gives each layer its data sets.</summary>
    /// <param name="container">The group of the layers.</param>
    /// <param name="nodes">The layers.</param>
    /// <exception cref="KerasException">There are others in the file.</exception>
    public static void Find(Hdf5Group container, IReadOnlyList<KerasNode> nodes)
    {
        foreach (IGrouping<string, KerasNode> ofClass in nodes.Where(node => node.HasWeights).GroupBy(node => node.SnakeName))
        {
            KerasNode[] layers = [.. ofClass];
            Hdf5Group[] groups = [.. GroupsOf(container, ofClass.Key)];
            if (groups.Length != layers.Length)
            {
                throw new KerasException(
                    $"expected {layers.Length} groups of weights '{container.Path}/{ofClass.Key}', '{ofClass.Key}_1' and so on for {string.Join(", ", layers.Select(layer => layer.Label))}, got {groups.Length}");
            }

            foreach ((KerasNode layer, Hdf5Group group) in layers.Zip(groups))
            {
                Find(group, layer);
            }
        }
    }

    private static void Find(Hdf5Group group, KerasNode layer)
    {
        if (layer.Children.Count > 0)
        {
            Find(Container(group) ?? throw new KerasException($"expected the layers of {layer.Label} in '{group.Path}', got none"), layer.Children);
            return;
        }

        Dictionary<string, int> counts = [];
        List<Hdf5Dataset> datasets = [];
        foreach (KerasVariable variable in layer.Variables)
        {
            int number = counts.GetValueOrDefault(variable.Holder);
            counts[variable.Holder] = number + 1;
            Hdf5Group? holder = HolderOf(group, variable.Holder)?.Group("vars");
            datasets.Add(holder?.Dataset(number.ToString(CultureInfo.InvariantCulture))
                ?? throw new KerasException($"expected the {variable.Name} of {layer.Label} as '{group.Path}/{variable.Holder}/vars/{number}', got none"));
        }

        layer.Datasets = datasets;
    }

    // Parts of a layer had a name that begins with an underscore before they were open to users.
    private static Hdf5Group? HolderOf(Hdf5Group group, string holder) => holder.Length == 0 ? group
        : group.Group(holder.Split('/')) ?? group.Group(holder.Split('/').Select(part => $"_{part}"));

    private static IEnumerable<Hdf5Group> GroupsOf(Hdf5Group container, string name) => container.Names
        .Select(found => (Name: found, Number: NumberOf(found, name)))
        .Where(found => found.Number is not null)
        .OrderBy(found => found.Number)
        .Select(found => container.Group(found.Name))
        .OfType<Hdf5Group>()
        .Where(group => HasData(group, depth: 0));

    private static int? NumberOf(string found, string name) => found == name ? 0
        : found.StartsWith($"{name}_", StringComparison.Ordinal) && int.TryParse(found.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;

    private static bool HasData(Hdf5Group group, int depth) => depth < Deepest
        && group.Names.Any(name => group.Dataset(name) is not null || (group.Group(name) is { } inner && HasData(inner, depth + 1)));
}
