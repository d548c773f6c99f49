using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// Makes two small layers of a large one where its kernel has a low rank: of <c>Dense(units)</c> a <c>Dense(rank)</c> and a <c>Dense(units)</c>, and of a
/// convolution with a window of <c>k x k</c> a convolution <c>k x k</c> to <c>rank</c> channels and one of <c>1 x 1</c> to the filters (Zhang et al., Accelerating
/// Very Deep Convolutional Networks for Classification and Detection, 2015, arXiv 1505.06798, without its correction for rectifiers). The two are the best
/// approximation of that rank by singular values. Layers that would not become cheaper stay as they are.
/// </summary>
/// <example><code>FactorizedNetwork factorized = LowRankFactorization.Apply(network, new LowRankOptions { Energy = 0.8 });</code></example>
public static class LowRankFactorization
{
    private const string Kernel = "kernel";

    /// <summary>Makes a network of factorised layers; the one given stays as it is.</summary>
    /// <param name="network">A network that was built.</param>
    /// <param name="options">How much is kept, and of which layers; null for the defaults.</param>
    /// <exception cref="ArgumentException">A layer is of no kind that model files know.</exception>
    /// <exception cref="InvalidOperationException">A parameter carries a parametrization.</exception>
    public static FactorizedNetwork Apply(Sequential network, LowRankOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Work work = new(options ?? new LowRankOptions());
        JsonArray layers = NetworkRewrite.Describe(network);
        for (int index = 0; index < network.Layers.Count; index++)
        {
            work.Rewrite(network.Layers[index], layers[index]!.AsObject());
        }

        IReadOnlyDictionary<string, Tensor> state = network.State();
        Sequential result = NetworkRewrite.Build(
            network, layers, name => work.Values.TryGetValue(name, out Tensor? value) ? value : state[name], name => state.ContainsKey(name) ? name : null);
        return new FactorizedNetwork(result, work.Layers, work.Left);
    }

    /// <summary>What one network is rewritten to.</summary>
    private sealed class Work(LowRankOptions options)
    {
        public Dictionary<string, Tensor> Values { get; } = [];

        public List<FactorizedLayer> Layers { get; } = [];

        public List<LeftLayer> Left { get; } = [];

        public void Rewrite(Layer layer, JsonObject description)
        {
            if (layer is Dense or Conv2D or Conv1D)
            {
                Factorize((KernelLayer)layer, description);
                return;
            }

            if (layer is KernelLayer)
            {
                Left.Add(new LeftLayer(layer.Path, layer.Kind, $"layers of kind {layer.Kind} are not factorised"));
            }

            HashSet<Module> described = [];
            foreach ((Layer part, JsonObject json) in DescribedLayers.Within(layer, description))
            {
                described.Add(part);
                Rewrite(part, json);
            }

            foreach (Module made in layer.Children.Values.Where(child => !described.Contains(child)))
            {
                LeaveAll(made, layer);
            }
        }

        private void LeaveAll(Module module, Layer owner)
        {
            if (module is KernelLayer)
            {
                Left.Add(new LeftLayer(module.Path, module.Kind, $"{owner.Label} makes it by itself"));
            }

            foreach (Module child in module.Children.Values)
            {
                LeaveAll(child, owner);
            }
        }

        private void Factorize(KernelLayer layer, JsonObject description)
        {
            Parameter kernel = layer.OwnParameters.First(parameter => parameter.Name == Kernel);
            string? reason = !options.Targets.Any(pattern => NamePattern.Matches(pattern, layer.Path)) ? "it was not chosen"
                : description["groups"] is not null ? "its groups are convolutions of their own"
                : null;
            if (reason is null)
            {
                reason = Factorize(layer, kernel.Value, description);
            }

            if (reason is not null)
            {
                Left.Add(new LeftLayer(layer.Path, layer.Kind, reason));
            }
        }

        // Null when it was done.
        private string? Factorize(KernelLayer layer, Tensor kernel, JsonObject description)
        {
            int outputs = kernel.Shape[-1];
            int inputs = kernel.ElementCount / outputs;
            int worth = (int)((((long)inputs * outputs) - 1) / (inputs + outputs));
            WeightDecomposition decomposition = WeightDecomposition.Of(kernel);
            int rank = decomposition.Values.RankFor(options.Energy);
            if (rank > worth)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"{options.Energy:P0} of its energy needs rank {rank}, and only up to rank {worth} anything is saved");
            }

            Replace(layer, kernel, description, decomposition, rank);
            return null;
        }

        private void Replace(KernelLayer layer, Tensor kernel, JsonObject description, WeightDecomposition decomposition, int rank)
        {
            int outputs = kernel.Shape[-1];
            (Tensor first, Tensor second) = Factors(kernel, decomposition, rank);
            Values[$"{layer.Path}.0.{Kernel}"] = first;
            Values[$"{layer.Path}.1.{Kernel}"] = second;
            foreach (Parameter bias in layer.OwnParameters.Where(parameter => parameter.Name != Kernel))
            {
                Values[$"{layer.Path}.1.{bias.Name}"] = bias.Value;
            }

            Split(layer, description, rank);
            long before = layer.MultiplyAdds(layer.InputShape!);
            long after = before / kernel.ElementCount * rank * ((kernel.ElementCount / outputs) + outputs);
            Layers.Add(new FactorizedLayer(layer.Path, layer.Kind, rank, decomposition.Values.EnergyOf(rank), before, after));
        }

        // The description becomes that of a chain of two layers: the first with the window and without the rest, the second with the rest.
        private static void Split(KernelLayer layer, JsonObject description, int rank)
        {
            string size = layer is Dense ? "units" : "filters";
            JsonObject first = description.DeepClone().AsObject();
            JsonObject second = description.DeepClone().AsObject();
            foreach (string field in new[] { "name", "activation", "biasInitializer", "biasRegularizer" })
            {
                first.Remove(field);
            }

            foreach (string field in new[] { "name", "stride", "padding", "dilation" })
            {
                second.Remove(field);
            }

            (first[size], first["useBias"]) = (rank, false);
            if (layer is not Dense)
            {
                second["kernelSize"] = 1;
            }

            JsonNode? name = description["name"]?.DeepClone();
            description.Clear();
            description["kind"] = nameof(Nabla.Layers.Chain);
            description["name"] = name;
            description["layers"] = new JsonArray(first, second);
        }

        private static (Tensor First, Tensor Second) Factors(Tensor kernel, WeightDecomposition decomposition, int rank)
        {
            (Tensor first, Tensor second) = decomposition.Factors(rank);
            Shape window = [.. kernel.Shape.SkipLast(1), rank];
            Shape point = [.. Enumerable.Repeat(1, kernel.Rank - 2), rank, kernel.Shape[-1]];
            return (first.Reshape(window.AsSpan()).To(kernel.DataType), second.Reshape(point.AsSpan()).To(kernel.DataType));
        }
    }
}
