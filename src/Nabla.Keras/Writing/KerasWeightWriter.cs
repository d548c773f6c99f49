using System.Globalization;
using Nabla.Keras.Hdf5;
using Nabla.Keras.Layers;
using Nabla.Keras.Weights;

namespace Nabla.Keras.Writing;

/// <summary>Puts weights where Keras 3 looks for them: <c>layers/dense_1/vars/0</c>, each layer under its class and, from the second on, a number.</summary>
internal static class KerasWeightWriter
{
    public static Hdf5Writer Write(IReadOnlyList<KerasOutput> outputs, bool row)
    {
        Hdf5Writer writer = new();
        writer.AddGroup("vars");
        Dictionary<string, int> used = [];
        if (!row)
        {
            writer.AddGroup("layers/input_layer/vars");
        }

        foreach (KerasOutput output in outputs)
        {
            string name = KerasNode.Snake(output.Class.Name);
            int number = used.GetValueOrDefault(name);
            used[name] = number + 1;
            string group = number == 0 ? $"layers/{name}" : string.Create(CultureInfo.InvariantCulture, $"layers/{name}_{number}");
            writer.AddGroup($"{group}/vars");
            if (output.Weighted)
            {
                Add(writer, group, output);
            }
        }

        return writer;
    }

    private static void Add(Hdf5Writer writer, string group, KerasOutput output)
    {
        IReadOnlyDictionary<string, Tensor> state = output.Origin!.State();
        Dictionary<string, int> counts = [];
        foreach (KerasVariable variable in KerasVariables.Of(output.Origin))
        {
            int number = counts.GetValueOrDefault(variable.Holder);
            counts[variable.Holder] = number + 1;
            Tensor value = variable.Join([.. variable.Parameters.Select(name => state[name])]).To(DataType.Float32);
            writer.AddDataset($"{group}/{variable.Holder}/vars/{number.ToString(CultureInfo.InvariantCulture)}", value);
        }
    }
}
