console.log('popup');
export {};
