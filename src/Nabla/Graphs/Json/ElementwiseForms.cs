using Nabla.Ops.Elementwise;
using Nabla.Ops.Losses;

namespace Nabla.Graphs.Json;

/// <summary>The functions of elements that may stand in a saved graph, by their names.</summary>
internal static class ElementwiseForms
{
    /// <summary>All forms.</summary>
    public static IReadOnlyList<OpForm> All { get; } =
    [
        Unary<Abs>(), Unary<Atan>(), Unary<Ceiling>(), Unary<Cos>(), Unary<Erf>(), Unary<Exp>(), Unary<Expm1>(), Unary<Floor>(), Unary<Gelu>(), Unary<GeluTanh>(),
        Unary<HardSwish>(), Unary<Log>(), Unary<Log1p>(), Unary<Mish>(), Unary<Negate>(), Unary<Reciprocal>(), Unary<Relu>(), Unary<Round>(), Unary<Rsqrt>(),
        Unary<Sigmoid>(), Unary<Sign>(), Unary<Silu>(), Unary<Sin>(), Unary<Softplus>(), Unary<Sqrt>(), Unary<Square>(), Unary<Tan>(), Unary<Tanh>(),
        new OpForm<Unary<Clip>>(nameof(Clip), 1, 1, a => new(new Clip(a.Number("low", op => op.Function.Low), a.Number("high", op => op.Function.High)))),
        new OpForm<Unary<Elu>>(nameof(Elu), 1, 1, a => new(new Elu(a.Number("alpha", op => op.Function.Alpha), a.Number("scale", op => op.Function.Scale)))),
        new OpForm<Unary<LeakyRelu>>(nameof(LeakyRelu), 1, 1, a => new(new LeakyRelu(a.Number("rate", op => op.Function.Rate)))),
        new OpForm<Unary<PowerOf>>(nameof(PowerOf), 1, 1, a => new(new PowerOf(a.Number("exponent", op => op.Function.Exponent)))),
        Binary<Add>(), Binary<Divide>(), Binary<Gate>(), Binary<LogisticLoss>(), Binary<Maximum>(), Binary<Minimum>(), Binary<Multiply>(), Binary<Pow>(), Binary<Subtract>(),
        Compared<Equal>(), Compared<Greater>(), Compared<GreaterOrEqual>(), Compared<NotEqual>(),
        Logic<And>(), Logic<Or>(), Logic<Xor>(),
        new OpForm<Where>(nameof(Where), 3, 3, _ => new()),
    ];

    private static OpForm<Unary<TFunction>> Unary<TFunction>()
        where TFunction : struct, IUnaryFunction => new(typeof(TFunction).Name, 1, 1, _ => new(default));

    private static OpForm<Binary<TFunction>> Binary<TFunction>()
        where TFunction : struct, IBinaryFunction => new(typeof(TFunction).Name, 2, 2, _ => new(default));

    private static OpForm<Compare<TComparison>> Compared<TComparison>()
        where TComparison : struct, IComparison => new(typeof(TComparison).Name, 2, 2, _ => new(default));

    private static OpForm<Logical<TFunction>> Logic<TFunction>()
        where TFunction : struct, IBinaryFunction => new(typeof(TFunction).Name, 2, 2, _ => new(default));
}
