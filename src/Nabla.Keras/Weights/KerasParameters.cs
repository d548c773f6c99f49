using Nabla.Formats;
using Nabla.Keras.Hdf5;
using Nabla.Keras.Layers;

namespace Nabla.Keras.Weights;

/// <summary>The values of a network's parameters from the data sets of its layers. Each data set is read when its first parameter is asked for.</summary>
internal sealed class KerasParameters
{
    private readonly Dictionary<string, (KerasVariable Variable, int Index, Hdf5Dataset Dataset)> places = [];
    private readonly Dictionary<Hdf5Dataset, Tensor[]> split = [];
    private readonly TensorOutlines? outlines;

    /// <param name="nodes">Layers whose data sets were found.</param>
    /// <param name="outlines">What is to stand for values, so that no data set is read; null to read them.</param>
    public KerasParameters(IEnumerable<KerasNode> nodes, TensorOutlines? outlines = null)
    {
        this.outlines = outlines;
        foreach (KerasNode node in nodes.SelectMany(node => node.All()))
        {
            foreach ((KerasVariable variable, Hdf5Dataset dataset) in node.Variables.Zip(node.Datasets))
            {
                for (int index = 0; index < variable.Parameters.Length; index++)
                {
                    places[$"{node.Place}.{variable.Parameters[index]}"] = (variable, index, dataset);
                }
            }
        }
    }

    /// <summary>The value of a parameter.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="type">What it must be.</param>
    /// <exception cref="KerasException">The file has none of this name.</exception>
    /// <exception cref="InvalidFileException">The file has one of another shape.</exception>
    public Tensor Get(string name, TensorType type)
    {
        if (!places.TryGetValue(name, out (KerasVariable Variable, int Index, Hdf5Dataset Dataset) place))
        {
            throw new KerasException($"expected weights for '{name}', got none");
        }

        // A network that claims to be larger than the file is found out before anything is read.
        if (place.Variable.Parameters.Length * (long)type.Shape.ElementCount != place.Dataset.Shape.ElementCount)
        {
            throw Wrong(place.Dataset, name, type);
        }

        if (outlines is not null)
        {
            return outlines.Of(type);
        }

        if (!split.TryGetValue(place.Dataset, out Tensor[]? values))
        {
            split[place.Dataset] = values = Split(place.Variable, place.Dataset, name, type);
        }

        return values[place.Index].Type == type ? values[place.Index] : throw Wrong(place.Dataset, name, type);
    }

    private static Tensor[] Split(KerasVariable variable, Hdf5Dataset dataset, string name, TensorType type)
    {
        Tensor value = dataset.Read();
        try
        {
            return variable.Split(value);
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException)
        {
            throw Wrong(dataset, name, type);
        }
    }

    private static InvalidFileException Wrong(Hdf5Dataset dataset, string name, TensorType type) =>
        dataset.Error($"expected weights for '{name}' {type.Shape}, got {dataset.Shape}");
}
