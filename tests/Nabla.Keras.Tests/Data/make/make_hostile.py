"""Writes HDF5 files with what Keras never writes, by h5py. Usage: /usr/bin/python3 make_hostile.py"""
import json
import os

import h5py
import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'hostile')
CONFIG = {'class_name': 'Sequential', 'config': {'name': 'one', 'layers': [
    {'class_name': 'Dense', 'config': {'name': 'dense', 'units': 2, 'activation': 'linear', 'use_bias': False, 'batch_input_shape': [None, 4]}}]}}


def write(name, kernel, units=2, inputs=4):
    config = json.loads(json.dumps(CONFIG))
    config['config']['layers'][0]['config'].update(units=units, batch_input_shape=[None, inputs])
    with h5py.File(os.path.join(FOLDER, name), 'w') as file:
        file.attrs['model_config'] = json.dumps(config)
        weights = file.create_group('model_weights')
        weights.attrs['layer_names'] = [b'dense']
        layer = weights.create_group('dense')
        layer.attrs['weight_names'] = [b'kernel:0']
        kernel(layer)


def virtual(layer):
    layout = h5py.VirtualLayout(shape=(4, 2), dtype='f4')
    layout[:] = h5py.VirtualSource('/etc/other.h5', 'data', shape=(4, 2))
    layer.create_virtual_dataset('kernel:0', layout)


def many(layer):
    layer.create_dataset('kernel:0', data=np.zeros((4, 2), 'f4'))
    del layer.attrs['weight_names']
    for index in range(20):
        layer.attrs[f'name{index}'] = index


def huge(layer):
    layer.create_dataset('kernel:0', shape=(1000000, 2000), dtype='f4', chunks=(1000000, 100), compression='gzip')


def sparse(layer):
    layer.create_dataset('kernel:0', shape=(4, 2), dtype='f4', chunks=(1, 2))[1] = 3


os.makedirs(FOLDER, exist_ok=True)
zeros = np.zeros((4, 2), 'f4')
write('external-link.h5', lambda layer: layer.__setitem__('kernel:0', h5py.ExternalLink('/etc/other.h5', '/data')))
write('soft-link.h5', lambda layer: layer.__setitem__('kernel:0', h5py.SoftLink('/model_weights')))
write('external-data.h5', lambda layer: layer.create_dataset('kernel:0', shape=(4, 2), dtype='f4', external=[('/etc/passwd', 0, 32)]))
write('virtual-data.h5', virtual)
write('filtered.h5', lambda layer: layer.create_dataset('kernel:0', data=zeros, fletcher32=True))
write('huge.h5', huge, units=2000, inputs=1000000)
write('sparse.h5', sparse)
write('integers.h5', lambda layer: layer.create_dataset('kernel:0', data=zeros.astype('i4')))
write('big-endian.h5', lambda layer: layer.create_dataset('kernel:0', data=zeros.astype('>f4')))
with h5py.File(os.path.join(FOLDER, 'many-attributes.h5'), 'w', libver='latest') as file:
    for index in range(20):
        file.attrs[f'name{index}'] = index
with h5py.File(os.path.join(FOLDER, 'circle.h5'), 'w') as file:
    file.attrs['model_config'] = json.dumps(CONFIG)
    layer = file.create_group('layers/dense')
    for name in ('a', 'b', 'c'):
        layer[name] = layer
