using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Tests.Ops;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

/// <summary>Runs a function through all passes and compares with the function itself.</summary>
internal static class PassCheck
{
    /// <summary>Checks results with the passes that keep the bits and with all, and that optimising again changes nothing.</summary>
    /// <returns>The names of the ops that are left when all passes have run.</returns>
    public static string[] Verify(Func<Tensor[], Tensor[]> function, params Tensor[] inputs)
    {
        Graph traced = Compilation.Trace(function, [.. inputs.Select(input => input.Type)]);
        Tensor[] expected = function(inputs);
        Graph exact = traced.Optimize(exact: true);
        Graph optimized = traced.Optimize(exact: false);
        CompilationTests.AssertSame(expected, new Executable(exact).Run(inputs));
        CompilationTests.AssertClose(expected, new Executable(optimized).Run(inputs), 1e-5);
        Assert.Equal(exact.ToString(), exact.Optimize(exact: true).ToString());
        Assert.Equal(optimized.ToString(), optimized.Optimize(exact: false).ToString());
        return [.. optimized.Nodes.Select(node => node.Op.Name)];
    }

    /// <summary>As <see cref="Verify"/>, with the gradients of the function, whose result is a scalar.</summary>
    public static string[] VerifyWithGradient(Func<Tensor[], Tensor> function, params Tensor[] inputs) => Verify(
        variables =>
        {
            Tensor[] watched = [.. variables.Where(variable => variable.DataType.IsFloating)];
            (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => function(variables), watched);
            return [value, .. gradients];
        },
        inputs);

    /// <summary>Random float32 numbers around 0.</summary>
    public static Tensor Random(int seed, params int[] shape) => GradientCheck.Random(shape, seed).To(DataType.Float32);
}
