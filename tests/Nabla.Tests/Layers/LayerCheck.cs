using System.Text.Json.Nodes;
using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers;

/// <summary>What holds for every layer: its shapes, its gradients, and that it comes back from a model file.</summary>
internal static class LayerCheck
{
    /// <summary>A layer built for samples of a shape, that computes in float64.</summary>
    public static TLayer Built<TLayer>(TLayer layer, Shape sample, long seed = 1)
        where TLayer : Layer
    {
        layer.Build(sample, RandomKey.FromSeed(seed));
        layer.ConvertTo(DataType.Float64);
        return layer;
    }

    /// <summary>A pass of training with a fixed key.</summary>
    public static ForwardContext Training() => new(training: true, RandomKey.FromSeed(5));

    /// <summary>Checks the output's shape, and the gradients of the input and of all trainable parameters in training and in use.</summary>
    public static void Verify(Layer layer, Shape sample, double low = -1, double high = 1, int batch = 3)
    {
        Built(layer, sample);
        Tensor input = GradientCheck.Random([batch, .. sample], seed: 3, low, high);
        Assert.Equal([batch, .. layer.OutputShape(sample)], layer.Forward(input).Shape);
        VerifyGradients(layer, input, Training);
        VerifyGradients(layer, input, () => ForwardContext.Inference);
    }

    /// <summary>The same layer, from JSON text.</summary>
    public static TLayer ThroughJson<TLayer>(TLayer layer)
        where TLayer : Layer
    {
        string text = LayerCatalogue.Describe(layer).ToJsonString();
        TLayer copy = Assert.IsAssignableFrom<TLayer>(LayerCatalogue.Create([JsonNode.Parse(text)!.AsObject()]).Single());
        Assert.Equal(layer.GetType(), copy.GetType());
        Assert.Equal(text, LayerCatalogue.Describe(copy).ToJsonString());
        return copy;
    }

    /// <summary>Checks that something is refused with a message that holds what is expected.</summary>
    public static void Refuses<TException>(string expected, Action action)
        where TException : Exception => Assert.Contains(expected, Assert.Throws<TException>(action).Message, StringComparison.Ordinal);

    private static void VerifyGradients(Layer layer, Tensor input, Func<ForwardContext> context)
    {
        Parameter[] parameters = [.. layer.TrainableParameters.Select(pair => pair.Value)];
        Tensor[] kept = [.. parameters.Select(parameter => parameter.Value)];
        GradientCheck.Verify(
            variables =>
            {
                for (int index = 0; index < parameters.Length; index++)
                {
                    parameters[index].Value = variables[index + 1];
                }

                return layer.Forward(variables[0], context());
            },
            [input, .. kept]);
        for (int index = 0; index < parameters.Length; index++)
        {
            parameters[index].Value = kept[index];
        }
    }
}
