using Nabla.Graphs;

namespace Nabla.Compression;

/// <summary>Runs a network over calibration data, in float, and learns what its activations are.</summary>
internal sealed class Calibration
{
    private readonly InferenceGraph network;
    private readonly Dictionary<int, ProductSite> sites;
    private readonly IReadOnlyList<Tensor> batches;

    /// <summary>Checks the data.</summary>
    /// <exception cref="ArgumentException">There are none, or one has a wrong shape or type, or a number that is not finite.</exception>
    public Calibration(InferenceGraph network, IReadOnlyList<ProductSite> sites, IReadOnlyList<Tensor> batches)
    {
        (this.network, this.batches) = (network, batches);
        this.sites = sites.ToDictionary(site => site.Index);
        if (batches.Count == 0 || batches.All(batch => batch.ElementCount == 0))
        {
            throw new ArgumentException("Static quantisation needs calibration data to choose the ranges of activations from, but got none.");
        }

        foreach ((int index, Tensor batch) in batches.Index())
        {
            Require(index, batch);
        }
    }

    /// <summary>The ranges of all activations that products read.</summary>
    public IReadOnlyDictionary<ValuePlace, AffineRange> Ranges(QuantizationOptions options)
    {
        Dictionary<ValuePlace, (string Name, ActivationValues Values)> seen = [];
        foreach (ProductSite site in sites.Values)
        {
            seen.TryAdd(site.Input, (site.Name, new ActivationValues()));
            _ = site.Added is { } added && seen.TryAdd(added, (site.Name, new ActivationValues()));
        }

        Visit((place, tensor) =>
        {
            if (seen.TryGetValue(place, out (string Name, ActivationValues Values) known))
            {
                known.Values.Widen(tensor, known.Name);
            }
        });
        if (options.Calibration != CalibrationMethod.MinMax)
        {
            Visit((place, tensor) => seen.GetValueOrDefault(place).Values?.Count(tensor));
        }

        return seen.ToDictionary(pair => pair.Key, pair => RangeSearch.Find(pair.Value.Values, options));
    }

    /// <summary>The mean over all data of what each output of a product changes by, for a change of its weights.</summary>
    public IReadOnlyDictionary<ProductSite, Tensor> MeanShifts(IReadOnlyDictionary<ProductSite, Tensor> changes)
    {
        Dictionary<ProductSite, (Tensor Sum, long Count)> sums = [];
        foreach (Tensor batch in batches)
        {
            new SiteWalk(network, batch, sites, (site, x) =>
            {
                Tensor shift = site.Sums(x, changes[site]);
                Tensor sum = shift.Sum([.. Enumerable.Range(0, shift.Rank - 1)]);
                long count = shift.ElementCount / site.Outputs;
                sums[site] = sums.TryGetValue(site, out (Tensor Sum, long Count) known) ? (known.Sum + sum, known.Count + count) : (sum, count);
            }).Run();
        }

        return sums.ToDictionary(pair => pair.Key, pair => pair.Value.Sum / pair.Value.Count);
    }

    private void Visit(Action<ValuePlace, Tensor> see)
    {
        foreach (Tensor batch in batches)
        {
            new SiteWalk(network, batch, sites, seen: see).Run();
        }
    }

    private void Require(int index, Tensor batch)
    {
        if (batch.DataType != network.Input.DataType)
        {
            throw new ArgumentException($"Calibration batch {index} is {batch.Type}, but the network expects {network.Input.DataType.Label} {network.Input.Shape}.");
        }

        try
        {
            network.At(batch.Shape);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"Calibration batch {index} does not fit: {error.Message}", error);
        }

        int wrong = batch.DataType == DataType.Float32 ? batch.AsSpan<float>().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) : -1;
        if (wrong >= 0)
        {
            int sample = wrong / (batch.ElementCount / batch.Shape[0]);
            throw new ArgumentException($"Calibration batch {index} has {batch.AsSpan<float>()[wrong]} in sample {sample}: expected finite numbers.");
        }
    }

    // Computes with the weights of the sites, which may have been scaled since the network was looked at.
    private sealed class SiteWalk(
        InferenceGraph network, Tensor batch, Dictionary<int, ProductSite> sites, Action<ProductSite, Tensor>? products = null, Action<ValuePlace, Tensor>? seen = null)
        : GraphWalk(network.At(batch.Shape), [batch, .. network.Parameters.Select(parameter => parameter.Original)])
    {
        protected override Tensor[] Compute(int index, Node node)
        {
            if (!sites.TryGetValue(index, out ProductSite? site))
            {
                return base.Compute(index, node);
            }

            Tensor x = Of(node.Inputs[0]);
            products?.Invoke(site, x);
            return site.Apply(x, site.Weights, site.Bias, site.Added is null ? null : Of(node.Inputs[^1]));
        }

        protected override void Visit(Value value, Tensor tensor) => seen?.Invoke(PlaceOf(value), tensor);
    }
}
