using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Tests.Graphs;
using Nabla.Transforms;

namespace Nabla.Tests.Ops;

/// <summary>Compares gradients, and gradients of gradients, with central differences in float64.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;

    /// <summary>Checks the gradient of a function of tensors, weighted by fixed numbers so that all results count, and its own gradient.</summary>
    public static void Verify(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        Func<Tensor[], Tensor> scalar = Weighted(function);
        VerifyFirst(scalar, inputs, 1e-6);
        VerifyFirst(Weighted(variables => Flatten(Gradients.ValueAndGradient(() => scalar(variables), variables).Gradients)), inputs, 1e-5);
        VerifyCompiled(scalar, inputs);
    }

    /// <summary>Random float64 numbers between low and high, the same for the same seed.</summary>
    public static Tensor Random(Shape shape, int seed, double low = -1, double high = 1)
    {
        Random random = new(seed);
        double[] values = [.. Enumerable.Range(0, shape.ElementCount).Select(_ => low + (random.NextDouble() * (high - low)))];
        return Tensor.From(values, shape);
    }

    // Compiled with the passes that keep the bits they are the same, and nearly so with the others.
    private static void VerifyCompiled(Func<Tensor[], Tensor> scalar, Tensor[] inputs)
    {
        Tensor[] eager = All(inputs);
        Graph traced = Compilation.Trace(All, [.. inputs.Select(input => input.Type)]);
        Graph exact = traced.Optimize(exact: true);
        Graph optimized = traced.Optimize(exact: false);
        CompilationTests.AssertSame(eager, new Executable(exact).Run(inputs));
        if (optimized.ToString() != exact.ToString())
        {
            CompilationTests.AssertClose(eager, new Executable(optimized).Run(inputs), 1e-5);
        }

        VerifyPrinted(traced, exact, optimized);

        Tensor[] All(Tensor[] variables)
        {
            (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => scalar(variables), variables);
            return [value, .. gradients];
        }
    }

    // Each op prints itself with its attributes, as traced and after the passes.
    private static void VerifyPrinted(params Graph[] graphs)
    {
        foreach (Graph graph in graphs)
        {
            string text = graph.ToString();
            Assert.All(graph.Nodes, node => Assert.Contains($" = {node.Op.Name}", text, StringComparison.Ordinal));
        }
    }

    private static void VerifyFirst(Func<Tensor[], Tensor> scalar, Tensor[] inputs, double tolerance)
    {
        Tensor[] gradients = Gradients.ValueAndGradient(() => scalar(inputs), inputs).Gradients;
        for (int index = 0; index < inputs.Length; index++)
        {
            Assert.Equal(inputs[index].Shape, gradients[index].Shape);
            double[] analytic = gradients[index].ToArray<double>();
            for (int element = 0; element < analytic.Length; element++)
            {
                double numeric = (Moved(element, Step) - Moved(element, -Step)) / (2 * Step);
                Assert.Equal(numeric, analytic[element], tolerance * Math.Max(1, Math.Abs(numeric)));
            }

            double Moved(int element, double step)
            {
                double[] values = inputs[index].ToArray<double>();
                values[element] += step;
                Tensor[] moved = [.. inputs];
                moved[index] = Tensor.From(values, inputs[index].Shape);
                return scalar(moved).Item<double>();
            }
        }
    }

    private static Func<Tensor[], Tensor> Weighted(Func<Tensor[], Tensor> function) => variables =>
    {
        Tensor result = function(variables);
        return (result * Random(result.Shape, seed: 7, low: 0.5, high: 1.5)).Sum();
    };

    private static Tensor Flatten(Tensor[] parts) => parts.Select((part, index) => (part.Reshape(-1) * (index + 1.5)).Sum()).Aggregate((left, right) => left + right);
}
