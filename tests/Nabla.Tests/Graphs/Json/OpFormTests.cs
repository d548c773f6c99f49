using Nabla.Graphs.Json;
using Nabla.Ops;
using Nabla.Ops.Attentions;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Indexing;
using Nabla.Ops.Losses;
using Nabla.Ops.Normalizations;
using Nabla.Ops.Optimizers;
using Nabla.Ops.Pooling;
using Nabla.Ops.Products;
using Nabla.Ops.Quantization;
using Nabla.Ops.Random;
using Nabla.Ops.Recurrent;
using Nabla.Ops.Reductions;

namespace Nabla.Tests.Graphs.Json;

public sealed class OpFormTests
{
    // Gradients, optimizers, random numbers, and what passes make of ops once a graph is known.
    private static readonly HashSet<Type> NotSaved =
    [
        typeof(ConvolutionWeightGradient), typeof(PooledConvolutionInputGradient), typeof(PooledConvolutionWeightGradient), typeof(FilterPacking), typeof(PackedConvolution), typeof(ProductPacking), typeof(PackedProduct),
        typeof(AveragePoolingGradient), typeof(MaxPoolingGradient), typeof(MaxPoolingPick), typeof(BatchNormalizationGradient), typeof(RowNormalizationGradient),
        typeof(RecurrenceGradient), typeof(AttentionGradient), typeof(SoftmaxGradient), typeof(LogSoftmaxGradient), typeof(SoftmaxCrossEntropyGradient), typeof(SumRows),
        typeof(DistinctRows), typeof(CountedProduct), typeof(CompiledRecurrence),
        typeof(JointStep), typeof(RowStep), typeof(Fused), typeof(RandomUniform), typeof(RandomNormal), typeof(RandomTruncatedNormal), typeof(RandomBernoulli),
        typeof(RandomMask), typeof(RandomIntegers), typeof(RandomPermutation), typeof(QuantizedPacking), typeof(QuantizedProduct), typeof(QuantizedRecurrence),
    ];

    private static Type[] Types => typeof(Op).Assembly.GetTypes();

    [Fact]
    public void Every_op_that_networks_compute_with_in_use_has_a_form()
    {
        IEnumerable<Type> ops = Types.Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract && !type.IsGenericTypeDefinition && !type.IsSubclassOf(typeof(OptimizerStep)));
        Assert.Equal([], ops.Where(type => !NotSaved.Contains(type) && !OpForms.Types.Contains(type)).Select(type => type.Name));
    }

    [Theory]
    [InlineData(typeof(Unary<>), typeof(IUnaryFunction))]
    [InlineData(typeof(Compare<>), typeof(IComparison))]
    public void Every_function_of_elements_has_a_form(Type op, Type kind)
    {
        IEnumerable<Type> functions = Types.Where(type => type.IsValueType && !type.IsGenericTypeDefinition && type.GetInterfaces().Contains(kind));
        Assert.Equal([], functions.Where(function => !OpForms.Types.Contains(op.MakeGenericType(function))).Select(type => type.Name));
    }

    [Fact]
    public void Every_function_of_two_elements_has_a_form()
    {
        IEnumerable<Type> functions = Types.Where(type => type.IsValueType && !type.IsGenericTypeDefinition && type.GetInterfaces().Contains(typeof(IBinaryFunction)));
        Assert.Equal([], functions
            .Where(function => !OpForms.Types.Contains(typeof(Binary<>).MakeGenericType(function)) && !OpForms.Types.Contains(typeof(Logical<>).MakeGenericType(function)))
            .Select(type => type.Name));
    }

    [Fact]
    public void Nothing_that_draws_random_numbers_or_learns_may_stand_in_a_file() =>
        Assert.DoesNotContain(OpForms.Types, type => type.IsSubclassOf(typeof(RandomOp)) || type.IsSubclassOf(typeof(OptimizerStep)) || NotSaved.Contains(type));
}
